package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.intake.Steering.Requeued;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.PostponedException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TextJourneyTest {

  private static TestDatabase database;
  private static TestWorker worker;
  private static FakeSummarizer summarizer;
  private Home home;
  private Seen seen;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    summarizer = new FakeSummarizer();
    worker = new TestWorker(database, summarizer).start();
  }

  @AfterAll
  static void stop() {
    worker.close();
    database.close();
  }

  @BeforeEach
  void home() {
    home = database.home();
    seen = new Seen(database.database(), home);
    summarizer.during(() -> {});
  }

  @Test
  void whatWasWrittenIsTranscribedAndSummarised() {
    UUID conversation = database.conversation(home);
    write(conversation, "The well is dry.");
    write(conversation, "We need rain.");
    finish(conversation);

    Seen.Conversation settled = seen.settled(conversation);
    assertThat(settled.outcome()).isEqualTo("ok");
    assertThat(settled.summary()).isEqualTo("Summary of The well is dry. | We need rain.");
    assertThat(settled.allTranscribed()).isTrue();
    assertThat(settled.summaryGeneration()).isEqualTo(settled.generation());
    assertThat(seen.rows(conversation)).allMatch(row -> row.state().equals("COMPLETED"));
  }

  @Test
  void oneJobCarriesAConversationThroughBothStages() {
    UUID conversation = database.conversation(home);
    write(conversation, "one job");
    finish(conversation);
    seen.settled(conversation);

    Seen.Row aggregate = seen.rows(conversation, "AGGREGATE").getFirst();
    Seen.Row summarize = seen.rows(conversation, "SUMMARIZE").getFirst();
    assertThat(summarize.jobId()).isEqualTo(aggregate.jobId()).isNotNull();
  }

  @Test
  void aLateChunkLeadsToAFreshTranscriptAndSummary() {
    UUID conversation = database.conversation(home);
    write(conversation, "first");
    finish(conversation);
    seen.settled(conversation);

    write(conversation, "late");

    Seen.Conversation settled = seen.settled(conversation);
    assertThat(settled.summary()).isEqualTo("Summary of first | late");
    assertThat(settled.finished()).isTrue();
  }

  @Test
  void aChunkThatComesWhileTheSummaryIsMadeIsInTheNextOne() throws InterruptedException {
    UUID conversation = database.conversation(home);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    summarizer.during(() -> park(inside, goOn));
    write(conversation, "first");
    finish(conversation);
    assertThat(inside.await(2, TimeUnit.MINUTES)).isTrue();

    write(conversation, "while it ran");
    goOn.countDown();

    Seen.Conversation settled = seen.settled(conversation);
    assertThat(settled.summary()).isEqualTo("Summary of first | while it ran");
    assertThat(seen.rows(conversation, "SUMMARIZE"))
        .extracting(Seen.Row::outcome)
        .containsExactly("superseded", "ok");
  }

  @Test
  void anEmptyConversationEndsExplainedAndCostsNoCall() {
    UUID conversation = database.conversation(home);
    int askedBefore = summarizer.asked().size();
    finish(conversation);

    Seen.Conversation settled = seen.settled(conversation);
    assertThat(settled.outcome()).isEqualTo("empty");
    assertThat(settled.summary()).isNull();
    assertThat(summarizer.asked()).hasSize(askedBefore);
  }

  @Test
  void anEmptyConversationIsReopenedByAChunk() {
    UUID conversation = database.conversation(home);
    finish(conversation);
    seen.settled(conversation);

    write(conversation, "after all");

    assertThat(seen.settled(conversation).outcome()).isEqualTo("ok");
  }

  @Test
  void finishingTwiceChangesNothing() {
    UUID conversation = database.conversation(home);
    write(conversation, "once");
    finish(conversation);
    Seen.Conversation first = seen.settled(conversation);
    finish(conversation);
    assertThat(seen.conversation(conversation)).isEqualTo(first);
  }

  @Test
  void aFinishMayNameChunksThatAreStillToCome() {
    UUID conversation = database.conversation(home);
    write(conversation, "one");
    worker.core().steering().finish(home.tenant(), conversation, 2);
    assertThat(seen.rows(conversation, "AGGREGATE")).isEmpty();

    write(conversation, "two");

    assertThat(seen.settled(conversation).summary()).isEqualTo("Summary of one | two");
  }

  @Test
  void aFailedAttemptIsTriedAgainByTheLedger() {
    UUID conversation = database.conversation(home);
    summarizer.failNext(Failure.of(FailureCode.PROVIDER_UNAVAILABLE, "503 from the model"));
    write(conversation, "again");
    finish(conversation);

    assertThat(seen.settled(conversation).outcome()).isEqualTo("ok");
    Seen.Row row = seen.rows(conversation, "SUMMARIZE").getFirst();
    assertThat(row.attempts()).isEqualTo(2);
  }

  @Test
  void aRowWhoseProviderIsKnownToBeDownWaitsAndBurnsNoAttempt() {
    UUID conversation = database.conversation(home);
    AtomicInteger refusals = new AtomicInteger(2);
    summarizer.during(() -> {
      if (refusals.getAndDecrement() > 0) {
        throw new PostponedException("the circuit is open", Duration.ofMillis(50));
      }
    });
    write(conversation, "patience");
    finish(conversation);

    assertThat(seen.settled(conversation).outcome()).isEqualTo("ok");
    Seen.Row row = seen.rows(conversation, "SUMMARIZE").getFirst();
    assertThat(row.attempts()).isEqualTo(1);
    assertThat(row.crashCount()).isZero();
  }

  @Test
  void aSummaryThatFailsForGoodLeavesTheTranscriptAndIsMadeAfterARequeue() {
    UUID conversation = database.conversation(home);
    summarizer.failNext(Failure.of(FailureCode.PROVIDER_REJECTED, "no such model"));
    write(conversation, "kept");
    finish(conversation);

    Seen.Conversation settled = seen.settled(conversation);
    assertThat(settled.outcome()).isEqualTo("partial");
    assertThat(settled.summary()).isNull();
    Seen.Row failed = seen.rows(conversation, "SUMMARIZE").getFirst();
    assertThat(failed.state()).isEqualTo("FAILED");
    assertThat(failed.errorCode()).isEqualTo("provider_rejected");

    assertThat(worker.core().steering().requeue(home.tenant(), failed.id()))
        .isEqualTo(Requeued.DONE);
    Seen.Conversation again =
        Await.until(() -> seen.conversation(conversation), conv -> "ok".equals(conv.outcome()));
    assertThat(again.summary()).isEqualTo("Summary of kept");
  }

  @Test
  void theSameKeyAndBodyAreTakenOnceAndAnotherBodyIsRefused() {
    UUID conversation = database.conversation(home);
    Accepted first = accept(conversation, "hello", "key-1");
    Accepted again = accept(conversation, "hello", "key-1");
    Accepted other = accept(conversation, "other", "key-1");

    assertThat(again).isEqualTo(new Accepted.Taken(((Accepted.Taken) first).chunk(), true));
    assertThat(other).isInstanceOf(Accepted.KeyReused.class);
  }

  @Test
  void nulCharactersAndEmojiAreNoObstacle() {
    UUID conversation = database.conversation(home);
    write(conversation, "a\0b 🌱 \\u0000");
    finish(conversation);
    assertThat(seen.settled(conversation).summary()).isEqualTo("Summary of ab 🌱 \\u0000");
  }

  @Test
  void anotherTenantsConversationIsUnknown() {
    UUID conversation = database.conversation(home);
    Home other = database.home();
    Accepted accepted =
        worker
            .core()
            .intake()
            .accept(
                new NewText(
                    other.tenant(), conversation, null, null, "mine?", "0".repeat(64), null));
    assertThat(accepted).isInstanceOf(Accepted.UnknownConversation.class);
  }

  @Test
  void everyMoveOfARowIsInItsHistory() {
    UUID conversation = database.conversation(home);
    write(conversation, "history");
    finish(conversation);
    seen.settled(conversation);

    List<String> events =
        database
            .database()
            .inTenant(
                home.tenant(),
                () ->
                    database
                        .database()
                        .sql()
                        .sql(
                            """
                            SELECT data ->> 'stage' || ' ' || event FROM processing_event
                            WHERE conversation_id = ? ORDER BY xid, id
                            """)
                        .params(conversation)
                        .query(String.class)
                        .list());
    assertThat(events)
        .containsExactly(
            "TRANSCRIBE stage.completed",
            "AGGREGATE stage.scheduled",
            "AGGREGATE stage.queued",
            "AGGREGATE stage.started",
            "AGGREGATE stage.completed",
            "SUMMARIZE stage.started",
            "SUMMARIZE stage.completed");
  }

  private static void park(CountDownLatch inside, CountDownLatch goOn) {
    inside.countDown();
    try {
      if (!goOn.await(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("nobody let go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(UUID conversation, String text) {
    assertThat(accept(conversation, text, null)).isInstanceOf(Accepted.Taken.class);
  }

  private Accepted accept(UUID conversation, String text, String key) {
    String sha256 = String.format("%064x", text.hashCode() & 0xffffffffL);
    return worker
        .core()
        .intake()
        .accept(new NewText(home.tenant(), conversation, null, null, text, sha256, key));
  }

  private void finish(UUID conversation) {
    assertThat(worker.core().steering().finish(home.tenant(), conversation, null)).isTrue();
  }
}
