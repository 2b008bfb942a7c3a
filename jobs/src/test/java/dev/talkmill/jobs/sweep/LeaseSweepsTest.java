package dev.talkmill.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.lane.Isolation;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.queue.Endings;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases over and poison, with a worker whose crashes are played: its leases are let be over. */
class LeaseSweepsTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private TestDatabase database;
  private FakeTranscribe transcribe;
  private TestWorker worker;
  private Bench bench;
  private UUID conversation;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    transcribe = new FakeTranscribe(database.database());
    worker = new TestWorker(database, TestWorker.withoutTimers(), new FakeSummarizer(), transcribe);
    bench = new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    conversation = bench.conversation();
  }

  @AfterEach
  void stop() {
    worker.close();
    database.close();
  }

  @Test
  void aDispatchedRowWhoseJobNeverRanIsDueAgain() {
    UUID row = chunkRow();
    long epoch = bench.queue(row);
    assertThat(released()).isZero();
    bench.expire(row);
    assertThat(released()).isEqualTo(1);
    Seen.Row after = seen(row);
    assertThat(after.state()).isEqualTo("PENDING");
    assertThat(after.epoch()).isGreaterThan(epoch);
    assertThat(released()).isZero();
  }

  @Test
  void aRowWhoseWorkerDiedIsDueAgainAndItsCrashIsCounted() {
    UUID row = chunkRow();
    processing(row, 0);
    assertThat(released()).isZero();
    bench.expire(row);
    assertThat(released()).isEqualTo(1);
    assertThat(seen(row).state()).isEqualTo("PENDING");
    assertThat(seen(row).crashCount()).isEqualTo(1);
    assertThat(seen(row).attempts()).isZero();
  }

  @Test
  void aRowWhoseJobWasDeletedIsRunByAnother() {
    UUID row = chunkRow();
    bench.finish(conversation);
    worker.system().relay().runOnce();
    UUID lost = seen(row).jobId();
    system("DELETE FROM jobrunr.jobrunr_jobs");
    bench.expire(row);
    assertThat(released()).isEqualTo(1);
    worker.start();
    assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("ok");
    assertThat(seen(row).jobId()).isNotEqualTo(lost);
  }

  @Test
  void whatCrashedItsWorkerAloneIsCondemnedAndItsConversationEndsExplained() {
    UUID poison = chunkRow();
    bench.finish(conversation);
    processing(poison, Isolation.CRASHES_MAX - 1);
    assertThat(condemned()).isZero();
    bench.expire(poison);
    assertThat(released()).isZero();
    assertThat(condemned()).isEqualTo(1);
    assertThat(seen(poison).state()).isEqualTo("FAILED");
    assertThat(seen(poison).errorCode()).isEqualTo("crashed_repeatedly");
    assertThat(condemned()).isZero();

    worker.start();
    assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("failed");
    assertThat(seen(poison).state()).isEqualTo("FAILED");
  }

  @Test
  void aCrashWhileAloneIsNoProofYetAndTheRowWaitsLongerEachTime() {
    UUID row = chunkRow();
    for (int crashes = 2; crashes < Isolation.CRASHES_MAX - 1; crashes++) {
      processing(row, crashes);
      bench.expire(row);
      assertThat(condemned()).isZero();
      assertThat(released()).isEqualTo(1);
      assertThat(seen(row).state()).isEqualTo("PENDING");
      int leases = 1 << crashes - 1;
      assertThat(
              bench.one(
                  "SELECT extract(epoch FROM next_attempt_at - clock_timestamp())"
                      + " FROM processing_status WHERE tenant_id = ? AND id = ?",
                  Double.class,
                  row))
          .isBetween((leases - 1.0) * HOUR.toSeconds(), (double) leases * HOUR.toSeconds());
    }
  }

  @Test
  void oneRowThatCanNotBeCondemnedKeepsNoOtherFromIt() {
    UUID unknown = UUID.randomUUID();
    database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> bench.core().ledger().insert(bench.row(conversation, unknown, Stage.PREPARE, 1)));
    UUID first = bench.only(conversation, unknown, "PREPARE").id(); // No step does PREPARE here.
    UUID second = chunkRow();
    for (UUID row : List.of(first, second)) {
      processing(row, Isolation.CRASHES_MAX - 1);
      bench.expire(row);
    }
    assertThat(condemned()).isEqualTo(1);
    assertThat(seen(second).state()).isEqualTo("FAILED");
  }

  @Test
  void aPageOfRowsThatCanNotBeCondemnedKeepsNoneBehindThemFromIt() {
    bench
        .seen()
        .update(
            """
            INSERT INTO processing_status
              (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
               crash_count, lease_until)
            SELECT ?, CAST(lpad(to_hex(n), 32, '0') AS uuid), ?, ?, gen_random_uuid(), 'PREPARE', 1,
                   'PROCESSING', ?, now() - interval '1 hour'
            FROM generate_series(1, ?) n
            """,
            bench.home().tenant(),
            bench.home().project(),
            conversation,
            Isolation.CRASHES_MAX,
            Pass.PAGE);
    UUID poison = chunkRow();
    processing(poison, Isolation.CRASHES_MAX - 1);
    bench.expire(poison);
    assertThatThrownBy(this::condemned).hasMessageContaining("no step does PREPARE");
    assertThat(condemned()).isEqualTo(1);
    assertThat(seen(poison).state()).isEqualTo("FAILED");
  }

  @Test
  void aBystanderOfManyCrashesIsNotCondemned() {
    UUID row = chunkRow();
    for (int kill = 1; kill <= 10; kill++) {
      processing(row, Math.min(kill, 2) - 1);
      bench.expire(row);
      assertThat(condemned()).isZero();
      assertThat(released()).isEqualTo(1);
    }
    assertThat(seen(row).state()).isEqualTo("PENDING");
  }

  @Test
  void aSuspectWaitsUntilItIsAloneInItsProcess() {
    UUID other = bench.conversation();
    UUID neighbour = bench.chunk(other);
    UUID suspect = chunkRow();
    bench.seen().update("UPDATE processing_status SET crash_count = 2 WHERE id = ?", suspect);
    Gate gate = new Gate(1);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger besideSuspect = new AtomicInteger();
    transcribe.during(work -> {
      int now = inside.incrementAndGet();
      if (work.row().id().equals(suspect)) {
        besideSuspect.set(now);
      } else {
        gate.pass();
      }
      inside.decrementAndGet();
    });
    // The neighbour is inside before the suspect is dispatched.
    bench
        .seen()
        .update(
            "UPDATE processing_status SET next_attempt_at = now() + interval '1 h' WHERE id = ?",
            suspect);
    worker.start();
    gate.awaitAll();
    bench
        .seen()
        .update("UPDATE processing_status SET next_attempt_at = now() WHERE id = ?", suspect);
    worker.core().signal().rowsDue();
    Await.until(this::jobsProcessing, processing -> processing == 2);
    assertThat(seen(suspect).state()).isEqualTo("QUEUED");
    gate.open();

    Await.until(() -> seen(suspect).state(), "COMPLETED"::equals);
    Await.until(() -> bench.only(other, neighbour, "TRANSCRIBE").state(), "COMPLETED"::equals);
    assertThat(besideSuspect).hasValue(1);
    assertThat(seen(suspect).crashCount()).isZero();
  }

  @Test
  void aHolderThatWakesAfterItsRowWasCondemnedLandsNothing() {
    UUID row = chunkRow();
    processing(row, Isolation.CRASHES_MAX - 1);
    var stale =
        database
            .database()
            .inTenant(bench.home().tenant(), () -> bench.core().ledger().find(row).orElseThrow());
    bench.expire(row);
    assertThat(condemned()).isEqualTo(1);
    String failed = bench.whole(row);
    assertThatThrownBy(() ->
            database
                .database()
                .inTenant(
                    bench.home().tenant(),
                    () -> {
                      bench.core().writes().complete(stale, "ok");
                      return true;
                    }))
        .isInstanceOf(LostClaimException.class);
    assertThat(bench.whole(row)).isEqualTo(failed);
  }

  private UUID chunkRow() {
    UUID chunk = bench.chunk(conversation);
    return bench.only(conversation, chunk, "TRANSCRIBE").id();
  }

  /** Makes a row PROCESSING that had {@code crashes} before. */
  private void processing(UUID row, int crashes) {
    bench.queue(row);
    bench
        .seen()
        .update(
            """
            UPDATE processing_status
            SET state = 'PROCESSING', epoch = epoch + 1, crash_count = ? + 1
            WHERE id = ? AND state = 'QUEUED'
            """,
            crashes,
            row);
  }

  private int released() {
    return new ReleaseExpiredLeases(database.database(), HOUR, worker.core().signal()).runOnce();
  }

  private int condemned() {
    Core core = worker.core();
    LeaseKeeper leases = new LeaseKeeper(core.database(), HOUR, System::nanoTime);
    Map<Stage, Integer> lanes =
        Stream.of(Stage.values()).collect(Collectors.toMap(stage -> stage, stage -> 1));
    Endings endings =
        new Endings(
            core.database(),
            core.ledger(),
            core.writes(),
            new Claims(core.database(), core.ledger(), leases, Map.of()),
            core.conversations(),
            new Lanes(lanes, java.util.Map.of()),
            List.of(transcribe),
            new RetryPolicy(1, HOUR, HOUR),
            ThreadLocalRandom::current,
            worker.meters());
    return new CondemnPoison(core.database(), endings).runOnce();
  }

  private Seen.Row seen(UUID id) {
    return bench.seen().rows(conversation).stream()
        .filter(row -> row.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private int jobsProcessing() {
    return database
        .database()
        .inSystem(() ->
            database
                .database()
                .sql()
                .sql("SELECT count(*) FROM jobrunr.jobrunr_jobs WHERE state = 'PROCESSING'")
                .query(Integer.class)
                .single());
  }

  private void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
