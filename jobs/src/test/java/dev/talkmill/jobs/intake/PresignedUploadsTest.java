package dev.talkmill.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.jobs.intake.PresignedUploads.Announced;
import dev.talkmill.jobs.intake.PresignedUploads.Confirmed;
import dev.talkmill.jobs.sweep.ExpireUploads;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.MemoryStore;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PresignedUploadsTest {

  private TestDatabase database;
  private Bench bench;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    bench = new Bench(database);
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @Test
  void anUploadIsProtectedForAsLongAsItsBytesMayTakeToBeJoined() {
    long bytes = 2L << 30;
    Duration joining = Duration.ofHours(5);
    List<Double> left = new ArrayList<>();
    UUID[] upload = new UUID[1];
    PresignedUploads uploads =
        uploads(
            new MemoryStore() {
              @Override
              public Duration callLimit(long moved) {
                return moved == bytes ? joining : Duration.ofSeconds(1);
              }

              @Override
              public void completeMultipart(String key, String multipartId) {
                left.add(secondsLeft(upload[0]));
                super.completeMultipart(key, multipartId);
              }
            });
    upload[0] = begin(uploads, bytes);
    bench.seen().update("UPDATE upload SET expires_at = now() + interval '1 minute'");

    assertThat(uploads.complete(bench.home().tenant(), upload[0]))
        .isEqualTo(new Confirmed.Incomplete(bytes, 0));

    assertThat(left)
        .singleElement()
        .satisfies(seconds -> assertThat(seconds).isGreaterThan(joining.toSeconds()));
  }

  @Test
  void uploadsThatTheStoreDoesNotRemoveKeepNoOthersOfTheirBatchFromIt() {
    Set<String> stuck = Set.of("first", "second");
    List<String> aborted = new ArrayList<>();
    MemoryStore store =
        new MemoryStore() {
          @Override
          public void abortMultipart(String key, String multipartId) {
            if (stuck.contains(multipartId)) {
              throw FailureException.of(FailureCode.STORAGE_UNAVAILABLE, "refused");
            }
            aborted.add(multipartId);
          }
        };
    for (String id : List.of("first", "second", "third", "fourth")) {
      bench
          .seen()
          .update(
              """
              INSERT INTO upload (tenant_id, id, conversation_id, bytes, media_type, storage_key,
                                  multipart_id, expires_at)
              SELECT tenant_id, gen_random_uuid(), id, 1, 'audio/wav', 'k', ?,
                     now() - interval '1 hour'
              FROM conversation WHERE id = ?
              """,
              id,
              bench.conversation());
    }
    assertThat(new ExpireUploads(database.database(), store).runOnce()).isEqualTo(2);
    assertThat(aborted).containsExactlyInAnyOrder("third", "fourth");
  }

  private UUID begin(PresignedUploads uploads, long bytes) {
    return uploads
        .begin(
            new Announced(
                bench.home().tenant(), bench.conversation(), bytes, "audio/wav", null, null))
        .orElseThrow()
        .id();
  }

  private double secondsLeft(UUID upload) {
    return bench.one(
        """
        SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM upload
        WHERE tenant_id = ? AND id = ?
        """,
        Double.class,
        upload);
  }

  private PresignedUploads uploads(MemoryStore store) {
    IntakeSettings settings =
        new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("talkmill.intake", IntakeSettings.class);
    var core = bench.core();
    return new PresignedUploads(
        core.database(),
        core.conversations(),
        core.chunks(),
        core.intake(),
        store,
        settings,
        Clock.systemUTC());
  }
}
