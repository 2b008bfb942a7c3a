package dev.talkmill.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Reads;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is read for one row of the ledger, beside 20,000 of the same tenant that are open and 20,000
 * that have ended, in a database that has never been analysed, over a connection whose plans are
 * from when it was empty.
 */
class LedgerCostTest {

  private static final int ROWS = 20_000;

  /** Enough that a connection keeps the plans it has made. */
  private static final int TIMES = 12;

  /** A few entries and pages of each index. */
  private static final long READ_MAX = 100;

  private static TestDatabase database;
  private static Database db;
  private static Bench bench;
  private static Core core;
  private static Claims claims;
  private static LeaseKeeper leases;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    db = database.database();
    bench = new Bench(database);
    core = bench.core();
    leases = new LeaseKeeper(db, Duration.ofHours(1), System::nanoTime);
    claims = new Claims(db, core.ledger(), leases, Map.of());
    JdbcClient owner = JdbcClient.create(Pools.owner(database.address()));
    for (String table :
        List.of("conversation", "conversation_chunk", "processing_status", "processing_event")) {
      owner.sql("ALTER TABLE talkmill." + table + " SET (autovacuum_enabled = false)").update();
    }
    for (int i = 0; i < TIMES; i++) {
      reads();
    }
    bench
        .seen()
        .update(
            """
            INSERT INTO conversation (tenant_id, id, project_id)
            SELECT ?, md5('c' || n)::uuid, ? FROM generate_series(1, ?) n
            """,
            bench.home().tenant(),
            bench.home().project(),
            ROWS);
    for (String state : List.of("PENDING", "QUEUED", "COMPLETED", "FAILED")) {
      bench
          .seen()
          .update(
              """
              INSERT INTO processing_status
                (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
                 outcome, finished_at, lease_until, job_id, cause, error_code)
              SELECT tenant_id, gen_random_uuid(), project_id, id, gen_random_uuid(), 'TRANSCRIBE',
                     1, s.state, CASE WHEN s.state = 'COMPLETED' THEN 'ok' END,
                     CASE WHEN s.state IN ('COMPLETED', 'FAILED') THEN now() END,
                     CASE WHEN s.state = 'QUEUED' THEN now() + interval '1 hour' END,
                     gen_random_uuid(),
                     CASE WHEN s.state = 'FAILED' THEN 'input' END,
                     CASE WHEN s.state = 'FAILED' THEN 'not_decodable' END
              FROM conversation, (VALUES (?)) AS s (state)
              LIMIT ?
              """,
              state,
              ROWS / 2);
    }
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void whatIsDoneWithOneRowReadsNoOthers() {
    List<Map<String, Long>> all = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      all.add(reads());
    }
    for (Map<String, Long> reads : all) {
      assertThat(reads).allSatisfy((what, read) -> assertThat(read).isLessThan(READ_MAX));
    }
  }

  /** Every statement on a row, in the life of some. */
  private static Map<String, Long> reads() {
    Map<String, Long> reads = new TreeMap<>();
    UUID conversation = bench.conversation();
    UUID chunk = bench.chunk(conversation);
    UUID row = bench.only(conversation, chunk, "TRANSCRIBE").id();
    Claim claim = claimed(reads, row);
    count(reads, "generation", () -> core.writes().setGeneration(claim.row(), 1));
    count(reads, "progress", () -> core.writes().progress(claim.row(), 0.5));
    system(reads, "renew", leases::renewOnce);
    count(reads, "retry", () -> core.writes().retry(claim.row(), FAILURE, Duration.ZERO));
    claims.release(claim);
    Claim second = claimed(reads, row);
    count(reads, "hand back", () -> core.writes().handBack(second.row(), Duration.ZERO));
    claims.release(second);
    Claim third = claimed(reads, row);
    count(reads, "fail", () -> core.writes().fail(third.row(), FAILURE));
    claims.abandon(third);
    claims.release(third);
    system(reads, "refund", leases::renewOnce);
    count(reads, "find failed", () -> claims.peek(tenant(), UUID.randomUUID(), job(third)));
    count(reads, "requeue", () -> core.ledger().requeue(row));
    Claim fourth = claimed(reads, row);
    count(reads, "complete", () -> core.writes().complete(fourth.row(), "ok"));
    count(reads, "outcome", () -> core.writes().completedWith(fourth.row()));
    count(reads, "end of chunk", () -> core.chunks().end(chunk, 1, ENDED, null));
    claims.release(fourth);
    conversationRows(reads, conversation, chunk);
    return reads;
  }

  private static void conversationRows(Map<String, Long> reads, UUID conversation, UUID chunk) {
    locked(reads, "finish", conversation, it -> core.conversations().finish(it, "host", 1));
    locked(reads, "schedule", conversation, core.conversations()::scheduleIfBehind);
    locked(reads, "schedule again", conversation, core.conversations()::scheduleIfBehind);
    locked(reads, "changed", conversation, core.conversations()::changed);
    count(reads, "look again", () -> core.conversations().lookAgain(conversation));
    UUID row = bench.only(conversation, conversation, "AGGREGATE").id();
    Claim claim = claimed(reads, row);
    count(
        reads,
        "successor",
        () ->
            claims.insertClaimed(
                bench.row(conversation, conversation, Stage.SUMMARIZE, 9), UUID.randomUUID()));
    count(
        reads,
        "successor back",
        () -> core.writes().handBackSuccessor(claim.row(), UUID.randomUUID()));
    count(reads, "cancel", () -> core.ledger().cancelOpen(conversation, null, "erased"));
    count(reads, "supersede", () -> new FailedRows(db).supersede(chunk, 9));
    claims.release(claim);
  }

  private static final Failure FAILURE = Failure.of(FailureCode.OBJECT_MISSING, "gone");

  private static final dev.talkmill.pipeline.chunk.ChunkState ENDED =
      dev.talkmill.pipeline.chunk.ChunkState.TRANSCRIBED;

  private static Claim claimed(Map<String, Long> reads, UUID row) {
    long epoch = bench.queue(row);
    List<Claim> taken = new ArrayList<>();
    count(
        reads,
        "claim",
        () -> {
          LedgerRow found = core.ledger().find(row).orElseThrow();
          claims
              .take(found, epoch, JourneyRequest.jobId(row, epoch), core.rules())
              .ifPresent(taken::add);
        });
    return taken.getFirst();
  }

  private static UUID job(Claim claim) {
    return JourneyRequest.jobId(claim.row().id(), claim.row().epoch() - 1);
  }

  private static UUID tenant() {
    return bench.home().tenant();
  }

  private static void locked(
      Map<String, Long> reads, String what, UUID conversation, Consumer<LockedConversation> work) {
    count(reads, what, () -> work.accept(core.conversations().lock(conversation).orElseThrow()));
  }

  private static void count(Map<String, Long> reads, String what, Runnable work) {
    long read = Reads.inTenant(db, tenant(), () -> done(work));
    reads.merge(what, read, Math::max);
  }

  private static void system(Map<String, Long> reads, String what, Runnable work) {
    reads.merge(what, Reads.inSystem(db, () -> done(work)), Math::max);
  }

  private static boolean done(Runnable work) {
    work.run();
    return true;
  }
}
