package dev.talkmill.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.ledger.Stage;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private TestDatabase database;
  private Database db;
  private Bench bench;
  private UUID conversation;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    db = database.database();
    bench = new Bench(database);
    conversation = bench.conversation();
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @Test
  void rowsThatEndedLongAgoAreForgottenAndFailedOrOpenOnesNever() {
    for (int days : new int[] {89, 91}) {
      row("COMPLETED", "'ok', NULL, NULL", days);
      row("CANCELLED", "NULL, NULL, NULL", days);
      row("FAILED", "NULL, 'input', 'not_decodable'", days);
    }
    bench.chunk(conversation);
    bench.seen().update("UPDATE processing_status SET created_at = now() - interval '1 year'");
    assertThat(Forget.rows(db, Duration.ofDays(90)).runOnce()).isEqualTo(2);
    assertThat(count("processing_status")).isEqualTo(5);
    assertThat(Forget.rows(db, Duration.ofDays(90)).runOnce()).isZero();
  }

  @Test
  void eventsAreForgottenByAge() {
    bench.chunk(conversation);
    bench.chunk(conversation);
    bench
        .seen()
        .update(
            """
            UPDATE processing_event SET created_at = now() - interval '31 days'
            WHERE id = (SELECT min(id) FROM processing_event)
            """);
    assertThat(Forget.events(db, Duration.ofDays(30)).runOnce()).isEqualTo(1);
    assertThat(Forget.events(db, Duration.ofDays(30)).runOnce()).isZero();
    assertThat(count("processing_event")).isEqualTo(1);
  }

  @Test
  void idempotencyKeysAreForgottenAfterADay() {
    for (String age : new String[] {"25 hours", "23 hours"}) {
      bench
          .seen()
          .update(
              """
              INSERT INTO idempotency_key
                (tenant_id, conversation_id, key, body_sha256, chunk_id, created_at)
              VALUES (?, ?, ?, 'x', ?, now() - CAST(? AS interval))
              """,
              bench.home().tenant(),
              conversation,
              age,
              UUID.randomUUID(),
              age);
    }
    assertThat(Forget.idempotencyKeys(db).runOnce()).isEqualTo(1);
    assertThat(count("idempotency_key")).isEqualTo(1);
  }

  @Test
  void aProviderCallWhoseProcessDiedIsClosed() {
    for (String deadline : new String[] {"-2 minutes", "2 minutes"}) {
      bench
          .seen()
          .update(
              """
              INSERT INTO provider_call (tenant_id, id, status_id, epoch, conversation_id, provider,
                                         model, deadline)
              VALUES (?, ?, ?, 1, ?, 'p', 'm', now() + CAST(? AS interval))
              """,
              bench.home().tenant(),
              UUID.randomUUID(),
              UUID.randomUUID(),
              conversation,
              deadline);
    }
    assertThat(Forget.providerCalls(db).runOnce()).isEqualTo(1);
    assertThat(Forget.providerCalls(db).runOnce()).isZero();
    assertThat(
            bench.one(
                """
                SELECT count(*) FROM provider_call
                WHERE tenant_id = ? AND conversation_id = ? AND state = 'ABANDONED'
                """,
                Integer.class,
                conversation))
        .isEqualTo(1);
  }

  @Test
  void whatHasSucceededGoesAfterAnHourAndStaysCounted() {
    system(
        """
        INSERT INTO jobrunr.jobrunr_jobs
          (id, version, jobasjson, jobsignature, state, createdat, updatedat)
        SELECT gen_random_uuid()::text, 1, '{}', 's', state, now(), now() - age
        FROM unnest(ARRAY['SUCCEEDED', 'PROCESSING']) state,
             unnest(ARRAY['61 min', '62 min', '59 min']::interval[]) age
        """);
    long before = succeeded();
    assertThat(Forget.succeededJobs(db).runOnce()).isEqualTo(2);
    assertThat(succeeded() - before).isEqualTo(2);
    assertThat(jobs()).isEqualTo(4);
    assertThat(Forget.succeededJobs(db).runOnce()).isZero();
    system("DELETE FROM jobrunr.jobrunr_jobs");
  }

  private long succeeded() {
    return db.inSystem(() ->
        db.sql()
            .sql(
                """
                SELECT CAST(trim(value) AS bigint) FROM jobrunr.jobrunr_metadata
                WHERE id = 'succeeded-jobs-counter-cluster'
                """)
            .query(Long.class)
            .single());
  }

  @Test
  void failedJobsGoOnceTheirRowHasMovedOnAndStayWhileTheyCanBeRequeued() {
    TestWorker worker = new TestWorker(database, TestWorker.withoutTimers(), new FakeSummarizer());
    UUID waiting = bench.chunk(conversation);
    UUID done = bench.chunk(conversation);
    worker.system().relay().runOnce();
    system("UPDATE jobrunr.jobrunr_jobs SET state = 'FAILED', updatedat = now() - interval '1 h'");
    bench
        .seen()
        .update(
            """
            UPDATE processing_status SET state = 'PENDING', lease_until = NULL
            WHERE subject_id = ?
            """,
            waiting);
    assertThat(new ForgetFailedJobs(db).runOnce()).isEqualTo(1);
    assertThat(jobs()).isEqualTo(1);
    assertThat(new ForgetFailedJobs(db).runOnce()).isZero();
    bench.seen().update("DELETE FROM processing_status WHERE subject_id IN (?, ?)", waiting, done);
    assertThat(new ForgetFailedJobs(db).runOnce()).isEqualTo(1);
    worker.close();
  }

  @Test
  void inAHealthySystemNothingIsMended() {
    FakeTranscribe transcribe = new FakeTranscribe(db);
    try (TestWorker worker =
        new TestWorker(database, TestWorker.settings(), new FakeSummarizer(), transcribe).start()) {
      for (int i = 0; i < 10; i++) {
        UUID next = bench.conversation();
        Bench live = new Bench(database, db, TestWorker.settings(), worker.core().signal());
        UUID own = live.conversation();
        live.chunk(own);
        live.write(own, "hello");
        live.finish(own);
        assertThat(live.seen().settled(own).outcome()).isEqualTo("ok");
        assertThat(bench.seen().conversation(next).outcome()).isNull();
      }
      worker.system().sweeps().runOnce();
      assertThat(worker.meters().find("talkmill.sweep.mended").tag("heals", "true").counters())
          .isNotEmpty()
          .allMatch(counter -> counter.count() == 0);
      assertThat(worker.meters().find("talkmill.sweep.errors").counters())
          .extracting(Counter::count)
          .isEmpty();
    }
  }

  @Test
  void aRowWhoseConversationIsGoneEndsInsteadOfComingBackForEver() {
    database
        .database()
        .inTenant(
            bench.home().tenant(),
            () ->
                bench
                    .core()
                    .ledger()
                    .insert(bench.row(conversation, conversation, Stage.AGGREGATE, 1)));
    UUID row = bench.only(conversation, conversation, "AGGREGATE").id();
    bench.seen().update("DELETE FROM conversation");
    long epoch = bench.queue(row);
    var found =
        db.inTenant(bench.home().tenant(), () -> bench.core().ledger().find(row).orElseThrow());
    var claims =
        new Claims(
            db,
            bench.core().ledger(),
            new LeaseKeeper(db, Duration.ofHours(1), System::nanoTime),
            Map.of());
    assertThat(claims.take(found, epoch, JourneyRequest.jobId(row, epoch), bench.core().rules()))
        .isEmpty();
    assertThat(bench.only(conversation, conversation, "AGGREGATE").outcome())
        .isEqualTo("superseded");
  }

  private void row(String state, String more, int days) {
    bench
        .seen()
        .update(
            """
            INSERT INTO processing_status
              (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
               finished_at, outcome, cause, error_code)
            VALUES (?, ?, ?, ?, ?, 'STORE', 1, ?, now() - ? * interval '1 day', %s)
            """
                .formatted(more),
            bench.home().tenant(),
            UUID.randomUUID(),
            bench.home().project(),
            conversation,
            UUID.randomUUID(),
            state,
            days);
  }

  private int count(String table) {
    return bench.one(
        "SELECT count(*) FROM " + table + " WHERE tenant_id = ? AND conversation_id = ?",
        Integer.class,
        conversation);
  }

  private int jobs() {
    return db.inSystem(() ->
        db.sql().sql("SELECT count(*) FROM jobrunr.jobrunr_jobs").query(Integer.class).single());
  }

  private void system(String statement) {
    db.inSystem(() -> db.sql().sql(statement).update());
  }
}
