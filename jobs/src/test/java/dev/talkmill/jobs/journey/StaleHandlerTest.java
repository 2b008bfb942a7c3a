package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.sweep.ReleaseExpiredLeases;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler that runs although its row is no longer its own lands nothing. */
class StaleHandlerTest {

  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static Database parking;
  private static FakeTranscribe transcribe;
  private static FakeSummarizer summarizer;
  private static TestWorker worker;
  private Bench bench;
  private UUID conversation;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    parking = new Database(statements);
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
  void aRecogniserThatRunsWhileItsChunkIsTranscribedAgainLandsNothing() {
    Gate gate = new Gate(1);
    transcribe.during(work -> {
      if (work.row().generation() == 1) {
        gate.pass();
      }
    });
    UUID chunk = bench.chunk(conversation);
    bench.finish(conversation);
    gate.awaitAll();
    UUID first = bench.only(conversation, chunk, "TRANSCRIBE").id();

    bench.core().steering().retranscribe(bench.home().tenant(), conversation);
    Seen.Conversation settled = bench.seen().settled(conversation);
    gate.open();

    assertThat(settled.summary()).isEqualTo("Summary of revision 2");
    Await.until(() -> state(first), "SUCCEEDED"::equals);
    assertThat(bench.seen().rows(conversation, "TRANSCRIBE"))
        .extracting(Seen.Row::state)
        .containsExactly("CANCELLED", "COMPLETED");
    assertThat(revisions(chunk)).isEqualTo("{2}");
  }

  @Test
  void aRecogniserThatEndsAfterItsChunkWasToBeTranscribedAgainLandsNothing() throws Exception {
    UUID chunk = bench.chunk(conversation);
    bench.finish(conversation);
    Parked end = statements.park("SET state = 'COMPLETED'");
    end.awaitArrival();
    CompletableFuture<Boolean> again =
        Bench.aside(() ->
            bench.core().steering().retranscribe(bench.home().tenant(), conversation).isPresent());
    Bench.awaitBlocked(database, 1);
    end.close();
    assertThat(again.get(2, TimeUnit.MINUTES)).isTrue();
    Seen.Conversation settled =
        Await.until(
            () -> bench.seen().conversation(conversation),
            seen -> "Summary of revision 2".equals(seen.summary()));
    assertThat(settled.outcome()).isEqualTo("ok");
    assertThat(revisions(chunk)).isEqualTo("{1,2}");
  }

  @Test
  void aHandlerThatRunsWhileItsConversationIsErasedLeavesNoTrace() {
    Gate gate = new Gate(1);
    transcribe.during(work -> gate.pass());
    UUID chunk = bench.chunk(conversation);
    bench.finish(conversation);
    UUID row = bench.only(conversation, chunk, "TRANSCRIBE").id();
    gate.awaitAll();

    assertThat(erasing().eraseConversation(bench.home().tenant(), conversation, "test")).isTrue();
    gate.open();

    Await.until(() -> state(row), "SUCCEEDED"::equals);
    assertThat(bench.seen().rows(conversation)).extracting(Seen.Row::stage).containsOnly("ERASE");
    for (String table : List.of("conversation_chunk", "transcript", "processing_event")) {
      assertThat(
              bench.one(
                  "SELECT count(*) FROM " + table + " WHERE tenant_id = ? AND conversation_id = ?",
                  Integer.class,
                  conversation))
          .as(table)
          .isZero();
    }
    assertThat(revisions(chunk)).isEqualTo("{}");
  }

  @Test
  void theObjectsOfWhatAHandlerMayStillWriteAreErasedOnlyAfterItCanNotAnyMore() throws Exception {
    Gate gate = new Gate(1);
    transcribe.during(work -> gate.pass());
    UUID chunk = bench.chunk(conversation);
    gate.awaitAll();
    assertThat(erasing().eraseChunk(bench.home().tenant(), conversation, chunk, "test")).isTrue();
    gate.open();
    assertThat(eraseWaits()).isGreaterThan(3_000);
  }

  @Test
  void aLeaseThatIsOverAtTheLastWriteLeavesExactlyOneResult() throws Exception {
    Parked end = statements.park("SET state = 'COMPLETED'");
    UUID chunk = bench.chunk(conversation);
    bench.finish(conversation);
    end.awaitArrival();
    Seen.Row held = bench.only(conversation, chunk, "TRANSCRIBE");

    bench.expire(held.id());
    new ReleaseExpiredLeases(
            database.database(), TestWorker.settings().lease(), worker.core().signal())
        .runOnce();
    // The new holder is at its own end and waits for the conversation that the old one has locked.
    Bench.awaitBlocked(database, 1);
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").epoch()).isGreaterThan(held.epoch());
    end.close();

    assertThat(bench.seen().settled(conversation).summary()).isEqualTo("Summary of revision 1");
    Seen.Row ended = bench.only(conversation, chunk, "TRANSCRIBE");
    assertThat(ended.state()).isEqualTo("COMPLETED");
    assertThat(ended.attempts()).isEqualTo(1);
    assertThat(revisions(chunk)).isEqualTo("{1}");
  }

  @Test
  void aCallIsDoneFromTheMomentOnThatItsResultStands() throws Exception {
    Parked end = statements.park("UPDATE provider_call");
    bench.write(conversation, "words");
    bench.finish(conversation);
    end.awaitArrival();
    assertThat(calls()).isEqualTo("{STARTED}");
    end.close();

    bench.seen().settled(conversation);
    assertThat(calls()).isEqualTo("{DONE}");
  }

  @Test
  void aCallThatIsAnsweredWhenItsRowIsAnothersIsDoneAllTheSame() {
    Gate gate = new Gate(1);
    summarizer.during(gate::pass);
    bench.write(conversation, "words");
    bench.finish(conversation);
    gate.awaitAll();
    bench
        .seen()
        .update(
            """
            UPDATE processing_status SET epoch = epoch + 1
            WHERE conversation_id = ? AND stage = 'SUMMARIZE'
            """,
            conversation);
    gate.open();

    Await.until(this::calls, "{DONE}"::equals);
    assertThat(bench.seen().conversation(conversation).summary()).isNull();
  }

  @Test
  void aCallWhoseResultTheDatabaseRefusesIsDoneAllTheSame() {
    statements.failNext("settled_count = settled_count + 1", 1, "23514");
    bench.write(conversation, "words");
    bench.finish(conversation);
    bench.seen().settled(conversation);
    assertThat(calls()).matches("\\{DONE(,DONE)*}");
  }

  private String calls() {
    return bench.one(
        """
        SELECT CAST(coalesce(array_agg(state), '{}') AS text) FROM provider_call
        WHERE tenant_id = ? AND conversation_id = ?
        """,
        String.class,
        conversation);
  }

  private Erasing erasing() {
    return new Erasing(
        bench.core().database(),
        bench.core().conversations(),
        bench.core().ledger(),
        Clock.systemUTC(),
        bytes -> Duration.ofHours(1));
  }

  private int eraseWaits() {
    return bench.one(
        """
        SELECT CAST(extract(epoch FROM next_attempt_at - clock_timestamp()) AS integer)
        FROM processing_status
        WHERE tenant_id = ? AND conversation_id = ? AND stage = 'ERASE'
        """,
        Integer.class,
        conversation);
  }

  private String revisions(UUID chunk) {
    return bench.one(
        """
        SELECT CAST(coalesce(array_agg(revision ORDER BY revision), '{}') AS text)
        FROM chunk_transcript WHERE tenant_id = ? AND chunk_id = ?
        """,
        String.class,
        chunk);
  }

  /** State of the newest job that ran a row. */
  private static String state(UUID row) {
    return database
        .database()
        .inSystem(() ->
            database
                .database()
                .sql()
                .sql(
                    """
                    SELECT state FROM jobrunr.jobrunr_jobs
                    WHERE jobasjson LIKE '%' || ? || '%' ORDER BY createdat DESC LIMIT 1
                    """)
                .params(row.toString())
                .query(String.class)
                .single());
  }
}
