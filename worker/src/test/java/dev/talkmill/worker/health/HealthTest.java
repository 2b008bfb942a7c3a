package dev.talkmill.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.config.StorageSettings;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Migrations;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.s3.S3ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class HealthTest {

  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(2);

  private final AtomicLong nanos = new AtomicLong();

  @Test
  void aDatabaseThatAnswersIsUpAndOneThatIsAwayIsNamedWithoutItsAddress() {
    try (TestDatabase database = TestDatabase.fresh()) {
      assertThat(health("The database", Check.database(database.database())).getStatus())
          .isEqualTo(Status.UP);
    }
    PGSimpleDataSource away = new PGSimpleDataSource();
    away.setUrl("jdbc:postgresql://localhost:1/talkmill?password=canary");
    away.setUser("canary");
    Health health = health("The database", Check.database(new Database(away)));
    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails())
        .isEqualTo(java.util.Map.of("missing", "The database does not answer."));
  }

  @Test
  void aSchemaThatIsCurrentStaysCurrentAndOneThatIsNotIsCounted() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger pending = new AtomicInteger(2);
    Check check =
        Check.schema(() -> {
          asked.incrementAndGet();
          return pending.get();
        });
    assertThat(check.missing()).contains("The database's schema lacks 2 migrations.");
    pending.set(0);
    assertThat(check.missing()).isEmpty();
    assertThat(check.missing()).isEmpty();
    assertThat(asked).hasValue(2);
    try (TestDatabase database = TestDatabase.fresh()) {
      assertThat(Migrations.pending(Pools.owner(database.address()))).isZero();
    }
  }

  @Test
  void aStoreThatIsAwayDegradesButStillTakesRecordings(@TempDir Path directory) {
    StorageSettings settings =
        new StorageSettings(
            null,
            null,
            "us-east-1",
            "talkmill",
            null,
            null,
            4,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
    EmbeddedS3 server = EmbeddedS3.start(directory, "talkmill");
    try (S3ObjectStore store =
        S3ObjectStore.of(
            settings, server.endpoint(), server.accessKeyId(), server.secretAccessKey())) {
      BoundedHealth check = BoundedHealth.useful("The object store", Check.objectStore(store));
      assertThat(check.health().getStatus()).isEqualTo(Status.UP);
      server.close();
      Health health = BoundedHealth.useful("The object store", Check.objectStore(store)).health();
      assertThat(health.getStatus()).isEqualTo(BoundedHealth.DEGRADED);
      assertThat(health.getDetails().get("missing").toString())
          .endsWith("Recordings are taken in and wait in the database.")
          .doesNotContain(String.valueOf(server.endpoint().getPort()));
    } finally {
      server.close();
    }
  }

  @Test
  void aDegradedThingNeitherFailsAProbeNorHidesOneThatIsDown() {
    StatusAggregator order = StatusAggregator.getDefault();
    assertThat(order.getAggregateStatus(Status.UP, BoundedHealth.DEGRADED)).isEqualTo(Status.UP);
    assertThat(order.getAggregateStatus(Status.DOWN, BoundedHealth.DEGRADED))
        .isEqualTo(Status.DOWN);
    assertThat(HttpCodeStatusMapper.getDefault().getStatusCode(BoundedHealth.DEGRADED))
        .isEqualTo(200);
  }

  @Test
  void theJobServerIsMissedWhenItIsStopped() {
    assertThat(Check.jobServer(() -> true).missing()).isEmpty();
    assertThat(Check.jobServer(() -> false).missing())
        .contains("The job server is stopped; the watchdog starts it again.");
  }

  @Test
  void anAnswerIsKeptForFiveSeconds() {
    AtomicInteger asked = new AtomicInteger();
    BoundedHealth health =
        bounded(
            () -> {
              asked.incrementAndGet();
              return Optional.empty();
            },
            LONG);
    health.health();
    nanos.addAndGet(Duration.ofMillis(4_999).toNanos());
    health.health();
    assertThat(asked).hasValue(1);
    nanos.addAndGet(Duration.ofMillis(2).toNanos());
    health.health();
    assertThat(asked).hasValue(2);
  }

  @Test
  void aCheckThatHangsIsNamedAndNotAskedTwice() {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    BoundedHealth health =
        bounded(
            () -> {
              asked.incrementAndGet();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return Optional.empty();
            },
            SHORT);
    assertThat(health.health().getDetails())
        .isEqualTo(java.util.Map.of("missing", "The thing does not answer within 1 s."));
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(asked).hasValue(1);
    goOn.countDown();
    Health again =
        Await.until(
            () -> {
              nanos.addAndGet(Duration.ofSeconds(6).toNanos());
              return health.health();
            },
            answer -> answer.getStatus().equals(Status.UP));
    assertThat(again.getDetails()).isEmpty();
    assertThat(asked.get()).isLessThanOrEqualTo(2);
  }

  private BoundedHealth bounded(Check check, Duration limit) {
    return new BoundedHealth("The thing", Status.DOWN, check, limit, nanos::get);
  }

  private static Health health(String subject, Check check) {
    return BoundedHealth.required(subject, check).health();
  }
}
