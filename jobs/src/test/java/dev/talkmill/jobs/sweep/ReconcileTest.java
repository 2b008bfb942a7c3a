package dev.talkmill.jobs.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.intake.Steering.Requeued;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.ParkingDataSource.Parked;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** Idle conversations, conversations behind and chunks without a row. */
class ReconcileTest {

  private static final Duration IDLE = Duration.ofMinutes(5);
  private TestDatabase database;
  private ParkingDataSource statements;
  private Bench bench;
  private UUID conversation;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    LedgerSettings settings = TestWorker.settings();
    bench = new Bench(database, new Database(statements), settings, () -> {});
    conversation = bench.conversation();
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @Test
  void aConversationThatWentQuietIsFinished() {
    bench.write(conversation, "hello");
    assertThat(idle()).isZero();
    quiet("6 minutes");
    assertThat(idle()).isEqualTo(1);
    assertThat(seen().finished()).isTrue();
    assertThat(finishedBy()).isEqualTo("idle");
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
    assertThat(idle()).isZero();
  }

  @Test
  void aConversationBeforeItsFirstChunkIsNotIdle() {
    bench.seen().update("UPDATE conversation SET created_at = now() - interval '1 year'");
    assertThat(idle()).isZero();
  }

  @Test
  void anUploadUnderWayIsActivityUntilItExpires() {
    bench.write(conversation, "hello");
    quiet("1 hour");
    bench
        .seen()
        .update(
            """
            INSERT INTO upload (tenant_id, id, conversation_id, bytes, media_type, storage_key,
                                multipart_id, expires_at)
            VALUES (?, ?, ?, 1, 'audio/wav', 'k', 'm', now() + interval '1 hour')
            """,
            bench.home().tenant(),
            UUID.randomUUID(),
            conversation);
    assertThat(idle()).isZero();
    bench.seen().update("UPDATE upload SET expires_at = now() - interval '1 second'");
    assertThat(idle()).isEqualTo(1);
  }

  @Test
  void chunksThatWereAnnouncedAndNeverCameAreNotWaitedForForEver() {
    bench.write(conversation, "one of two");
    bench.core().steering().finish(bench.home().tenant(), conversation, 2);
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).isEmpty();
    assertThat(idle()).isZero();
    quiet("6 minutes");
    assertThat(idle()).isEqualTo(1);
    assertThat(finishedBy()).isEqualTo("host");
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
    quiet("6 minutes");
    assertThat(idle()).isZero();
  }

  @Test
  void aFinishedConversationWhoseWorkTakesLongIsNotTakenForIdle() {
    bench.chunk(conversation);
    bench.core().steering().finish(bench.home().tenant(), conversation, 1);
    long generation = seen().generation();
    quiet("1 hour");
    assertThat(idle()).isZero();
    assertThat(seen().generation()).isEqualTo(generation);
  }

  @Test
  void aChunkThatMeetsTheIdleFinishWins() throws Exception {
    bench.write(conversation, "hello");
    quiet("6 minutes");
    Parked accepted = statements.park("INSERT INTO chunk_transcript");
    CompletableFuture<Boolean> late =
        Bench.aside(() -> {
          bench.write(conversation, "still here");
          return true;
        });
    accepted.awaitArrival();
    CompletableFuture<Integer> sweep = Bench.aside(this::idle);
    Bench.awaitBlocked(database, 1);
    accepted.close();
    assertThat(late.get(2, TimeUnit.MINUTES)).isTrue();
    assertThat(sweep.get(2, TimeUnit.MINUTES)).isZero();
    assertThat(seen().finished()).isFalse();
  }

  @Test
  void aSecondFinishWithTheSameExpectationChangesNothing() {
    bench.write(conversation, "one");
    bench.core().steering().finish(bench.home().tenant(), conversation, 1);
    Seen.Conversation before = seen();
    bench.core().steering().finish(bench.home().tenant(), conversation, 1);
    bench.core().steering().finish(bench.home().tenant(), conversation, null);
    assertThat(seen()).isEqualTo(before);
    bench.core().steering().finish(bench.home().tenant(), conversation, 2);
    assertThat(seen().generation()).isGreaterThan(before.generation());
  }

  @Test
  void aConversationThatIsBehindAndHasNoRowGetsOne() {
    bench.write(conversation, "hello");
    bench.finish(conversation);
    assertThat(behind()).isZero();
    bench.seen().update("DELETE FROM processing_status WHERE stage = 'AGGREGATE'");
    assertThat(behind()).isEqualTo(1);
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
    assertThat(behind()).isZero();
  }

  @Test
  void aConversationWhoseWorkOfThisGenerationHasEndedIsNotCountedAsMended() {
    bench.write(conversation, "hello");
    bench.finish(conversation);
    completeAggregate();
    assertThat(behind()).isZero();
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
    bench.core().steering().summarize(bench.home().tenant(), conversation);
    assertThat(bench.seen().rows(conversation, "AGGREGATE"))
        .extracting(Seen.Row::state)
        .containsExactly("COMPLETED", "PENDING");
  }

  @Test
  void conversationsThatCanNotBeMendedKeepNoneBehindThemFromIt() {
    bench.write(conversation, "hello");
    bench.finish(conversation);
    bench.seen().update("DELETE FROM processing_status");
    fill(2, "is_finished", "true");
    bench
        .seen()
        .update(
            """
            INSERT INTO processing_status
              (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
               outcome, finished_at)
            SELECT tenant_id, gen_random_uuid(), project_id, id, id, 'AGGREGATE', 2, 'COMPLETED',
                   'superseded', now()
            FROM conversation WHERE id <> ?
            """,
            conversation);
    assertThat(behind()).isZero();
    assertThat(behind()).isEqualTo(1);
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
    // The next pass begins with what came meanwhile before the place that the last one had.
    assertThat(behind()).isZero();
    UUID first = UUID.fromString("00000000-0000-0000-0000-000000000001");
    bench.seen().update("DELETE FROM processing_status WHERE subject_id = ?", first);
    behind();
    behind();
    assertThat(bench.seen().rows(first, "AGGREGATE")).hasSize(1);
  }

  @Test
  void conversationsThatCanNotBeFinishedKeepNoneBehindThemFromIt() {
    bench.write(conversation, "hello");
    quiet("6 minutes");
    fill(Long.MAX_VALUE, "last_activity_at", "now() - interval '1 hour'");
    assertThatThrownBy(this::idle).isInstanceOf(DataAccessException.class);
    assertThat(idle()).isEqualTo(1);
    assertThat(seen().finished()).isTrue();
  }

  @Test
  void chunksThatCanNotBeTakenUpKeepNoneBehindThemFromIt() {
    UUID chunk = bench.chunk(conversation);
    bench.seen().update("DELETE FROM processing_status");
    bench
        .seen()
        .update(
            """
            INSERT INTO conversation_chunk
              (tenant_id, id, conversation_id, source, ordinal, bytes, media_type, revision)
            SELECT tenant_id, CAST(lpad(to_hex(n), 32, '0') AS uuid), conversation_id, source, n,
                   bytes, media_type, 9223372036854775807
            FROM conversation_chunk, generate_series(1, ?) n WHERE id = ?
            """,
            Pass.PAGE,
            chunk);
    bench.seen().update("UPDATE conversation_chunk SET updated_at = now() - interval '1 minute'");
    assertThatThrownBy(this::lost).isInstanceOf(DataAccessException.class);
    assertThat(lost()).isEqualTo(1);
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("PENDING");
  }

  @Test
  void aConversationThatRecordsOrHasAnOpenChunkIsNotBehind() {
    bench.write(conversation, "hello");
    bench.seen().update("DELETE FROM processing_status");
    assertThat(behind()).isZero();
    bench.chunk(conversation);
    bench.finish(conversation);
    assertThat(behind()).isZero();
  }

  @Test
  void anOpenChunkWithoutARowIsTakenUpWhereItHadCome() {
    UUID chunk = bench.chunk(conversation);
    bench.seen().update("DELETE FROM processing_status");
    assertThat(lost()).isZero(); // Not before ten seconds have passed.
    old(chunk);
    assertThat(lost()).isEqualTo(1);
    Seen.Row row = bench.only(conversation, chunk, "TRANSCRIBE");
    assertThat(row.generation()).isEqualTo(2);
    old(chunk);
    assertThat(lost()).isZero();

    bench.seen().update("DELETE FROM processing_status");
    bench.seen().update("UPDATE conversation_chunk SET seconds = NULL");
    assertThat(lost()).isEqualTo(1);
    assertThat(bench.only(conversation, chunk, "PREPARE").generation()).isEqualTo(3);

    bench.seen().update("DELETE FROM processing_status");
    bench.seen().update("UPDATE conversation_chunk SET storage_key = NULL");
    old(chunk);
    assertThat(lost()).isEqualTo(1);
    assertThat(bench.only(conversation, chunk, "STORE").generation()).isEqualTo(4);
  }

  @Test
  void twoProcessesThatFindTheSameLostChunkMakeOneRow() throws Exception {
    UUID chunk = bench.chunk(conversation);
    bench.seen().update("DELETE FROM processing_status");
    old(chunk);
    Parked first = statements.park("SET revision = revision + 1");
    CompletableFuture<Integer> one = Bench.aside(this::lost);
    first.awaitArrival();
    CompletableFuture<Integer> other = Bench.aside(this::lost);
    Bench.awaitBlocked(database, 1);
    first.close();
    assertThat(one.get(2, TimeUnit.MINUTES) + other.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").generation()).isEqualTo(2);
  }

  @Test
  void aLostChunkWhoseWorkHasFailedEndsAsItDidAndWaitsForAnOperator() {
    UUID chunk = bench.chunk(conversation);
    bench.finish(conversation);
    fail(bench.only(conversation, chunk, "TRANSCRIBE").id(), "object_missing");
    assertThat(lost()).isZero(); // Not before ten seconds have passed.
    old(chunk);
    assertThat(lost()).isEqualTo(1);
    assertThat(chunkIs(chunk)).isEqualTo("FAILED object_missing");
    Seen.Row failed = bench.only(conversation, chunk, "TRANSCRIBE");
    assertThat(failed.state()).isEqualTo("FAILED");
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
    old(chunk);
    assertThat(lost()).isZero();

    assertThat(bench.core().steering().requeue(bench.home().tenant(), failed.id()))
        .isEqualTo(Requeued.DONE);
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("PENDING");
    assertThat(chunkIs(chunk)).isEqualTo("OPEN -");
    old(chunk);
    assertThat(lost()).isZero();
  }

  @Test
  void aFailureOfAnEarlierRevisionDoesNotKeepALostChunkFromBeingTakenUp() {
    UUID chunk = bench.chunk(conversation);
    fail(bench.only(conversation, chunk, "TRANSCRIBE").id(), "provider_timeout");
    bench.seen().update("UPDATE conversation_chunk SET revision = 2");
    old(chunk);
    assertThat(lost()).isEqualTo(1);
    assertThat(chunkIs(chunk)).isEqualTo("OPEN -");
    assertThat(bench.seen().rows(conversation, "TRANSCRIBE"))
        .extracting(Seen.Row::generation)
        .containsExactly(1L, 3L);
  }

  private void fail(UUID row, String code) {
    bench.queue(row);
    bench.seen().update("UPDATE processing_status SET state = 'PROCESSING' WHERE id = ?", row);
    bench
        .seen()
        .update(
            """
            UPDATE processing_status
            SET state = 'FAILED', lease_until = NULL, finished_at = now(), cause = 'internal',
                error_code = ?
            WHERE id = ?
            """,
            code,
            row);
  }

  private String chunkIs(UUID chunk) {
    return bench.one(
        """
        SELECT state || ' ' || coalesce(code, '-') FROM conversation_chunk
        WHERE tenant_id = ? AND id = ?
        """,
        String.class,
        chunk);
  }

  private void completeAggregate() {
    UUID row = bench.only(conversation, conversation, "AGGREGATE").id();
    bench.queue(row);
    bench.seen().update("UPDATE processing_status SET state = 'PROCESSING' WHERE id = ?", row);
    bench
        .seen()
        .update(
            """
            UPDATE processing_status
            SET state = 'COMPLETED', outcome = 'superseded', lease_until = NULL, finished_at = now()
            WHERE id = ?
            """,
            row);
  }

  /** A whole page of conversations before all others, with one column set. */
  private void fill(long generation, String column, String value) {
    bench
        .seen()
        .update(
            """
            INSERT INTO conversation (tenant_id, id, project_id, generation, %s)
            SELECT ?, CAST(lpad(to_hex(n), 32, '0') AS uuid), ?, ?, %s
            FROM generate_series(1, ?) n
            """
                .formatted(column, value),
            bench.home().tenant(),
            bench.home().project(),
            generation,
            Pass.PAGE);
  }

  private int idle() {
    return new FinishIdleConversations(bench.core().database(), bench.core().conversations(), IDLE)
        .runOnce();
  }

  private int behind() {
    return new ScheduleBehind(bench.core().database(), bench.core().conversations()).runOnce();
  }

  private int lost() {
    return new ReopenLostChunks(
            bench.core().database(),
            bench.core().conversations(),
            bench.core().chunks(),
            bench.core().ledger())
        .runOnce();
  }

  private void quiet(String interval) {
    bench
        .seen()
        .update(
            "UPDATE conversation SET last_activity_at = clock_timestamp() - CAST(? AS interval)",
            interval);
  }

  private void old(UUID chunk) {
    bench
        .seen()
        .update(
            "UPDATE conversation_chunk SET updated_at = now() - interval '1 minute' WHERE id = ?",
            chunk);
  }

  private Seen.Conversation seen() {
    return bench.seen().conversation(conversation);
  }

  private String finishedBy() {
    return bench.one(
        "SELECT finished_by FROM conversation WHERE tenant_id = ? AND id = ?",
        String.class,
        conversation);
  }
}
