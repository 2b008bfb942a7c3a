package dev.talkmill.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.Endings;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.MemoryStore;
import dev.talkmill.jobs.testing.Reads;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a round of each sweep reads where nothing is to be mended, beside history and a backlog and
 * beside ten times as much of both. The database has never been analysed, and plans are from when
 * it was empty: no sweep may hang on statistics that come when a table is large already.
 */
class SweepCostTest {

  private static final int FEW = 2_000;
  private static final int MANY = 10 * FEW;

  /** Entries and pages that a round may read: some of each index for every candidate. */
  private static final long READ_MAX = 12 * Pass.LOOKED_AT;

  /** Enough that a connection keeps the plans it has made. */
  private static final int TIMES = 12;

  private static final Duration LONG = Duration.ofDays(30);

  /** In this order; each is followed by rows of its own kind that have ended, and by open ones. */
  private static final List<String> ROWS =
      List.of(
          """
          INSERT INTO conversation
            (tenant_id, id, project_id, is_finished, outcome, generation, transcript_generation,
             summary_generation, last_activity_at)
          SELECT TENANT, gen_random_uuid(), PROJECT, true, 'ok', 2, 2, 2, now() - interval '1 year'
          FROM generate_series(1, COUNT)
          """,
          // All are quiet. Every second one records, and has an upload under way; a quarter waits
          // for
          // its chunks and knows how many there will be.
          """
          INSERT INTO conversation
            (tenant_id, id, project_id, is_finished, generation, expected_chunks, last_activity_at)
          SELECT TENANT, md5('w' || n)::uuid, PROJECT, n % 2 = 0, 2,
                 CASE WHEN n % 4 = 0 THEN 1 END, now() - interval '1 hour'
          FROM generate_series(1, COUNT) n
          """,
          """
          INSERT INTO conversation_chunk
            (tenant_id, id, conversation_id, source, ordinal, bytes, media_type, state, updated_at)
          SELECT TENANT, gen_random_uuid(), md5('w' || n)::uuid, 'PORTAL_AUDIO', n, 1, 'audio/webm',
                 state, now() - interval '1 hour'
          FROM generate_series(1, COUNT) n, unnest(ARRAY['TRANSCRIBED', 'OPEN']) state
          """,
          """
          INSERT INTO processing_status
            (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
             outcome, finished_at, lease_until, job_id, cause, error_code)
          SELECT TENANT, gen_random_uuid(), PROJECT, conversation_id, id, 'TRANSCRIBE', 1,
                 s.state, CASE WHEN s.state = 'COMPLETED' THEN 'ok' END,
                 CASE WHEN s.state IN ('COMPLETED', 'FAILED') THEN now() END,
                 CASE WHEN s.state = 'QUEUED' THEN now() + interval '1 hour' END,
                 CASE WHEN s.state = 'FAILED' THEN id END,
                 CASE WHEN s.state = 'FAILED' THEN 'input' END,
                 CASE WHEN s.state = 'FAILED' THEN 'not_decodable' END
          FROM conversation_chunk k CROSS JOIN LATERAL (
            SELECT CASE WHEN k.state = 'OPEN' THEN CASE k.ordinal % 2 WHEN 0 THEN 'PENDING'
                                                                      ELSE 'QUEUED' END
                        ELSE CASE k.ordinal % 2 WHEN 0 THEN 'COMPLETED' ELSE 'FAILED' END END
              AS state) s
          """,
          """
          INSERT INTO jobrunr.jobrunr_jobs
            (id, version, jobasjson, jobsignature, state, createdat, updatedat)
          SELECT job_id::text, 1, '{}', 's', 'FAILED', now(),
                 now() - random() * interval '1 hour' - interval '1 hour'
          FROM processing_status WHERE state = 'FAILED'
          """,
          """
          INSERT INTO jobrunr.jobrunr_jobs
            (id, version, jobasjson, jobsignature, state, createdat, updatedat)
          SELECT gen_random_uuid()::text, 1, '{}', 's', 'SUCCEEDED', now(), now()
          FROM generate_series(1, COUNT)
          """,
          """
          INSERT INTO provider_call
            (tenant_id, id, status_id, epoch, conversation_id, provider, model, state, deadline)
          SELECT TENANT, gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), 'p', 'm',
                 state, now() + interval '1 hour'
          FROM generate_series(1, COUNT), unnest(ARRAY['DONE', 'STARTED']) state
          """,
          """
          INSERT INTO idempotency_key (tenant_id, conversation_id, key, body_sha256, chunk_id)
          SELECT TENANT, id, 'key', 'x', id FROM conversation
          """,
          // As many wait to be taken again after the store was away.
          """
          INSERT INTO upload
            (tenant_id, id, conversation_id, state, bytes, media_type, storage_key, multipart_id,
             chunk_id, expires_at, lease_until)
          SELECT TENANT, gen_random_uuid(), md5('w' || n)::uuid, state, 1, 'audio/wav', 'k', 'm',
                 CASE WHEN state = 'COMPLETED' THEN md5('w' || n)::uuid END,
                 now() + n % 2 * interval '2 hours' - interval '1 hour', now() + interval '1 hour'
          FROM generate_series(1, COUNT) n, unnest(ARRAY['COMPLETED', 'OPEN']) state
          """);

  @Test
  void aRoundReadsNoMoreWhereHistoryAndBacklogAreTenTimesAsLarge() {
    Map<String, Long> few = reads(FEW);
    Map<String, Long> many = reads(MANY);
    assertThat(few.keySet()).hasSize(13);
    assertThat(many.values()).as("%s", many).allMatch(read -> read <= READ_MAX);
    // A larger index may be a page higher.
    many.forEach((sweep, read) ->
        assertThat(read).as(sweep).isLessThanOrEqualTo(few.get(sweep) * 3 / 2 + 20));
  }

  private static Map<String, Long> reads(int count) {
    try (TestDatabase database = TestDatabase.fresh()) {
      JdbcClient owner = JdbcClient.create(Pools.owner(database.address()));
      List.of(
              "talkmill.conversation",
              "talkmill.conversation_chunk",
              "talkmill.processing_status",
              "talkmill.processing_event",
              "talkmill.provider_call",
              "talkmill.idempotency_key",
              "talkmill.upload",
              "jobrunr.jobrunr_jobs")
          .forEach(table ->
              owner.sql("ALTER TABLE " + table + " SET (autovacuum_enabled = false)").update());
      Bench bench = new Bench(database);
      List<Sweep> sweeps = sweeps(database.database(), bench);
      for (int i = 0; i < TIMES; i++) {
        sweeps.forEach(sweep -> read(database.database(), sweep));
      }
      ROWS.forEach(statement ->
          database
              .database()
              .inSystem(
                  () -> database.database().sql().sql(filled(statement, bench, count)).update()));
      return sweeps.stream()
          .collect(
              Collectors.toMap(
                  Sweep::name,
                  sweep -> read(database.database(), sweep),
                  Math::max,
                  LinkedHashMap::new));
    }
  }

  private static String filled(String statement, Bench bench, int count) {
    return statement
        .replace("TENANT", "'" + bench.home().tenant() + "'::uuid")
        .replace("PROJECT", "'" + bench.home().project() + "'::uuid")
        .replace("COUNT", String.valueOf(count));
  }

  private static long read(Database database, Sweep sweep) {
    return Reads.inSystem(
        database,
        () -> {
          assertThat(sweep.runOnce()).as(sweep.name()).isZero();
          // Those that take turns have had theirs; the next is at once.
          return database.sql().sql("UPDATE sweep_lease SET lease_until = now()").update();
        });
  }

  private static List<Sweep> sweeps(Database database, Bench bench) {
    var core = bench.core();
    var meters = new SimpleMeterRegistry();
    MemoryStore store = new MemoryStore();
    return List.of(
        new CondemnPoison(database, endings(database, bench, meters)),
        new ReleaseExpiredLeases(database, LONG, () -> {}),
        new FinishIdleConversations(database, core.conversations(), Duration.ofMinutes(5)),
        new ReopenLostChunks(database, core.conversations(), core.chunks(), core.ledger()),
        new ScheduleBehind(database, core.conversations()),
        Forget.providerCalls(database),
        Forget.events(database, LONG),
        Forget.rows(database, LONG),
        Forget.idempotencyKeys(database),
        Forget.succeededJobs(database),
        new ForgetFailedJobs(database),
        new ExpireUploads(database, store),
        new RowsWithoutObjects(database, store, System::nanoTime, meters));
  }

  private static Endings endings(Database database, Bench bench, SimpleMeterRegistry meters) {
    var core = bench.core();
    Map<Stage, Integer> sizes =
        Stream.of(Stage.values()).collect(Collectors.toMap(stage -> stage, stage -> 1));
    return new Endings(
        database,
        core.ledger(),
        core.writes(),
        new Claims(
            database, core.ledger(), new LeaseKeeper(database, LONG, System::nanoTime), Map.of()),
        core.conversations(),
        new Lanes(sizes, Map.of()),
        List.of(),
        new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(1)),
        ThreadLocalRandom::current,
        meters);
  }
}
