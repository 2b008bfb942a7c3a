package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.ParkingDataSource.Parked;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ends of chunks, finishes and late chunks, put so that they meet. */
class FanInRaceTest {

  private static final String END_OF_ROW = "SET state = 'COMPLETED'";
  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static FakeTranscribe transcribe;
  private static FakeSummarizer summarizer;
  private static TestWorker worker;
  private Bench bench;
  private UUID conversation;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    Database parking = new Database(statements);
    transcribe = new FakeTranscribe(parking);
    summarizer = new FakeSummarizer();
    worker =
        new TestWorker(database, parking, TestWorker.withoutTimers(), summarizer, transcribe)
            .start();
  }

  @AfterAll
  static void stop() {
    worker.close();
    database.close();
  }

  @BeforeEach
  void bench() {
    bench = new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    conversation = bench.conversation();
    transcribe.during(work -> {});
    summarizer.during(() -> {});
  }

  @Test
  void theLastTwoChunksEndingTogetherLeadToOneTranscriptOfBoth() throws Exception {
    Gate gate = new Gate(2);
    transcribe.during(work -> gate.pass());
    bench.chunk(conversation);
    bench.chunk(conversation);
    bench.finish(conversation);
    gate.awaitAll();

    Parked first = statements.park(END_OF_ROW);
    gate.open();
    first.awaitArrival();
    Bench.awaitBlocked(database, 1); // The other one waits for the conversation.
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).isEmpty();
    first.close();

    assertThat(bench.seen().settled(conversation).summary())
        .isEqualTo("Summary of revision 1 | revision 1");
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
  }

  @Test
  void aFinishThatMeetsTheLastChunksEndIsNotMissed() throws Exception {
    bench.chunk(conversation);
    Parked end = statements.park(END_OF_ROW);
    end.awaitArrival();
    CompletableFuture<Boolean> finish = Bench.aside(this::finish);
    Bench.awaitBlocked(database, 1);
    end.close();
    assertThat(finish.get(2, TimeUnit.MINUTES)).isTrue();

    assertThat(bench.seen().settled(conversation).summary()).isEqualTo("Summary of revision 1");
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
  }

  @Test
  void theLastChunksEndThatMeetsAFinishIsNotMissed() throws Exception {
    Gate gate = new Gate(1);
    transcribe.during(work -> gate.pass());
    bench.chunk(conversation);
    gate.awaitAll();
    Parked parked = statements.park("SET is_finished = true");
    CompletableFuture<Boolean> finish = Bench.aside(this::finishParked);
    parked.awaitArrival();
    gate.open();
    Bench.awaitBlocked(database, 1);
    parked.close();
    assertThat(finish.get(2, TimeUnit.MINUTES)).isTrue();

    assertThat(bench.seen().settled(conversation).summary()).isEqualTo("Summary of revision 1");
    assertThat(bench.seen().rows(conversation, "AGGREGATE")).hasSize(1);
  }

  @Test
  void aFreshTranscriptIsMadeWhileTheOldSummaryIsStillBeingWritten() throws Exception {
    Gate gate = new Gate(1);
    summarizer.during(gate::pass);
    bench.write(conversation, "first");
    bench.finish(conversation);
    gate.awaitAll();

    bench.write(conversation, "late");
    Await.until(
        () -> bench.seen().conversation(conversation),
        seen -> seen.transcriptGeneration() == seen.generation());
    assertThat(bench.seen().rows(conversation, "AGGREGATE"))
        .allMatch(row -> row.state().equals("COMPLETED") && row.attempts() == 1);
    gate.open();

    Seen.Conversation settled = bench.seen().settled(conversation);
    assertThat(settled.summary()).isEqualTo("Summary of first | late");
    assertThat(bench.seen().rows(conversation, "SUMMARIZE"))
        .extracting(Seen.Row::outcome)
        .containsExactly("superseded", "ok");
  }

  @Test
  void aChunkThatComesWhileTheTranscriptIsWrittenIsInTheNextOne() throws Exception {
    bench.write(conversation, "first");
    Parked end = statements.park("INSERT INTO transcript");
    bench.finish(conversation);
    end.awaitArrival();
    CompletableFuture<Boolean> late =
        Bench.aside(() -> {
          bench.write(conversation, "late");
          return true;
        });
    Bench.awaitBlocked(database, 1);
    end.close();
    assertThat(late.get(2, TimeUnit.MINUTES)).isTrue();

    Seen.Conversation settled =
        Await.until(
            () -> bench.seen().conversation(conversation),
            seen -> seen.outcome() != null && seen.summaryGeneration() == seen.generation());
    assertThat(settled.summary()).isEqualTo("Summary of first | late");
  }

  @Test
  void aBacklogDrainsAsRoomComesFreeAndDoesNotWaitForThePoll() {
    Gate gate = new Gate(1);
    transcribe.during(work -> gate.pass());
    for (int i = 0; i < 40; i++) {
      bench.chunk(conversation);
    }
    gate.open();
    List<Seen.Row> rows =
        Await.until(
            () -> bench.seen().rows(conversation, "TRANSCRIBE"),
            all -> all.stream().allMatch(row -> row.state().equals("COMPLETED")));
    assertThat(rows).hasSize(40).allMatch(row -> row.attempts() == 1);
  }

  private boolean finish() {
    return bench.core().steering().finish(bench.home().tenant(), conversation, null);
  }

  private boolean finishParked() {
    return worker.core().steering().finish(bench.home().tenant(), conversation, null);
  }
}
