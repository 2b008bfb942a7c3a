package dev.talkmill.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.intake.Steering.Requeued;
import dev.talkmill.jobs.read.LedgerReads;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has failed is listed as long as an operator can do something about it. */
class RequeueTest {

  private static TestDatabase database;
  private Bench bench;
  private UUID conversation;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void bench() {
    bench = new Bench(database);
    conversation = bench.conversation();
  }

  @Test
  void aRequeuedSummaryIsNotListedAsFailedAnyMore() {
    UUID failed = failedSummary();
    assertThat(listed()).containsExactly(failed);
    assertThat(requeue(failed)).isEqualTo(Requeued.DONE);
    assertThat(listed()).isEmpty();
    Seen.Row old = bench.seen().rows(conversation, "SUMMARIZE").getFirst();
    assertThat(old.state()).isEqualTo("CANCELLED");
    assertThat(old.errorCode()).isEqualTo("superseded");
    assertThat(bench.seen().rows(conversation, "AGGREGATE"))
        .extracting(Seen.Row::state)
        .containsExactly("COMPLETED", "PENDING");
    assertThat(requeue(failed)).isEqualTo(Requeued.NOT_FAILED);
  }

  @Test
  void aRequeueWhileAChunkIsOpenIsKeptForWhenItEnds() {
    UUID failed = failedSummary();
    bench.chunk(conversation);
    long generation = bench.seen().conversation(conversation).generation();
    assertThat(requeue(failed)).isEqualTo(Requeued.DONE);
    assertThat(listed()).isEmpty();
    assertThat(bench.seen().conversation(conversation).generation()).isGreaterThan(generation);
  }

  @Test
  void whatHasFailedForAnEarlierGenerationIsNotListedOnceANewerOneIsMade() {
    failedSummary();
    bench.write(conversation, "late");
    assertThat(listed()).isEmpty();
    assertThat(bench.seen().rows(conversation, "AGGREGATE"))
        .extracting(Seen.Row::state)
        .containsExactly("COMPLETED", "PENDING");
  }

  @Test
  void aFailedChunkThatIsTranscribedAnewIsNotListedAsFailedAnyMore() {
    UUID chunk = bench.chunk(conversation);
    UUID other = bench.chunk(bench.conversation());
    UUID row = bench.only(conversation, chunk, "TRANSCRIBE").id();
    fail(row);
    bench.seen().update("UPDATE conversation_chunk SET state = 'FAILED' WHERE id = ?", chunk);
    assertThat(listed()).containsExactly(row);
    bench.core().steering().retranscribe(bench.home().tenant(), conversation);
    assertThat(listed()).isEmpty();
    assertThat(bench.seen().rows(conversation, "TRANSCRIBE"))
        .extracting(Seen.Row::state)
        .containsExactly("CANCELLED", "PENDING");
    assertThat(other).isNotEqualTo(chunk);
  }

  @Test
  void anErasedChunkIsNotListedAsFailedAnyMore() {
    UUID chunk = bench.chunk(conversation);
    fail(bench.only(conversation, chunk, "TRANSCRIBE").id());
    var core = bench.core();
    new Erasing(
            core.database(),
            core.conversations(),
            core.ledger(),
            Clock.systemUTC(),
            bytes -> Duration.ZERO)
        .eraseChunk(bench.home().tenant(), conversation, chunk, "test");
    assertThat(listed()).isEmpty();
  }

  @Test
  void aRequeuedChunkIsDueAgain() {
    UUID chunk = bench.chunk(conversation);
    UUID row = bench.only(conversation, chunk, "TRANSCRIBE").id();
    fail(row);
    bench.seen().update("UPDATE conversation_chunk SET state = 'FAILED' WHERE id = ?", chunk);
    assertThat(requeue(row)).isEqualTo(Requeued.DONE);
    assertThat(listed()).isEmpty();
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("PENDING");
    assertThat(requeue(row)).isEqualTo(Requeued.NOT_FAILED);
    assertThat(requeue(UUID.randomUUID())).isEqualTo(Requeued.UNKNOWN);
  }

  private UUID failedSummary() {
    bench.write(conversation, "hello");
    bench.finish(conversation);
    long generation = bench.seen().conversation(conversation).generation();
    end(
        bench.only(conversation, conversation, "AGGREGATE").id(),
        "state = 'COMPLETED', outcome = 'ok'");
    database
        .database()
        .inTenant(
            bench.home().tenant(),
            () ->
                bench
                    .core()
                    .ledger()
                    .insert(bench.row(conversation, conversation, Stage.SUMMARIZE, generation)));
    UUID row = bench.only(conversation, conversation, "SUMMARIZE").id();
    fail(row);
    bench
        .seen()
        .update(
            """
            UPDATE conversation
            SET transcript_generation = generation, summary_generation = generation,
                outcome = 'partial'
            WHERE id = ?
            """,
            conversation);
    return row;
  }

  private void fail(UUID row) {
    end(row, "state = 'FAILED', cause = 'provider', error_code = 'provider_rejected'");
  }

  private void end(UUID row, String how) {
    bench.queue(row);
    bench.seen().update("UPDATE processing_status SET state = 'PROCESSING' WHERE id = ?", row);
    bench
        .seen()
        .update(
            "UPDATE processing_status SET lease_until = NULL, finished_at = now(), "
                + how
                + " WHERE id = ?",
            row);
  }

  private Requeued requeue(UUID row) {
    return bench.core().steering().requeue(bench.home().tenant(), row);
  }

  private List<UUID> listed() {
    return new LedgerReads(database.database(), Map.of())
        .inState(bench.home().tenant(), State.FAILED, null, 10).stream()
            .map(LedgerReads.StatusView::id)
            .toList();
  }
}
