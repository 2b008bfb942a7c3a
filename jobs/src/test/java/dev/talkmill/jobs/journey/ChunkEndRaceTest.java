package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stages of a chunk that end without their conversation's lock. */
class ChunkEndRaceTest {

  private final Gate storeEnds = new Gate(1);
  private final Gate prepareRuns = new Gate(1);
  private TestDatabase database;
  private TestWorker worker;
  private Bench bench;
  private UUID conversation;
  private UUID chunk;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    worker =
        new TestWorker(
            database, TestWorker.withoutTimers(), new FakeSummarizer(), new Store(), new Prepare());
    bench = new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    conversation = bench.conversation();
    chunk = UUID.randomUUID();
    database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> bench.core().ledger().insert(bench.row(conversation, chunk, Stage.STORE, 1)));
    worker.start();
    storeEnds.awaitAll();
  }

  @AfterEach
  void stop() {
    storeEnds.open();
    prepareRuns.open();
    worker.close();
    database.close();
  }

  @Test
  void aStageThatIsJustGoingOnWhenItsConversationIsErasedIsErasedToo() throws Exception {
    CompletableFuture<Boolean> erased =
        Bench.aside(() -> erasing().eraseConversation(bench.home().tenant(), conversation, "test"));
    Bench.awaitBlocked(database, 1);
    storeEnds.open();
    assertThat(erased.get(2, TimeUnit.MINUTES)).isTrue();
    assertThat(bench.seen().rows(conversation)).extracting(Seen.Row::stage).containsOnly("ERASE");
    // The stage that came after it was seen: its calls are waited for.
    assertThat(secondsToErasure()).isGreaterThan(3_000);
  }

  private int secondsToErasure() {
    return bench.one(
        """
        SELECT CAST(extract(epoch FROM next_attempt_at - clock_timestamp()) AS integer)
        FROM processing_status
        WHERE tenant_id = ? AND conversation_id = ? AND stage = 'ERASE'
        """,
        Integer.class,
        conversation);
  }

  @Test
  void chunksAreTakenInWhileAnotherOneOfTheConversationGoesOn() {
    UUID other = bench.chunk(conversation);
    assertThat(bench.only(conversation, other, "TRANSCRIBE").state()).isNotNull();
    assertThat(bench.only(conversation, chunk, "STORE").state()).isEqualTo("PROCESSING");
    storeEnds.open();
    Await.until(() -> bench.only(conversation, chunk, "STORE").state(), "COMPLETED"::equals);
  }

  private Erasing erasing() {
    return new Erasing(
        bench.core().database(),
        bench.core().conversations(),
        bench.core().ledger(),
        Clock.systemUTC(),
        bytes -> Duration.ofHours(1));
  }

  /** Parks inside the transaction that ends it, with everything of it but the commit sent. */
  private final class Store implements StageStep {

    @Override
    public Stage stage() {
      return Stage.STORE;
    }

    @Override
    public Ending run(Work work) {
      LedgerRow row = work.row();
      NewRow next = bench.row(row.conversation(), row.subject(), Stage.PREPARE, 1);
      return new Alone(
          Ended.then(next),
          () -> {
            worker.core().database().sql().sql("SELECT 1").query(Integer.class).single();
            storeEnds.pass();
          });
    }

    @Override
    public void failed(LockedConversation locked, LedgerRow row, Failure failure) {}
  }

  private final class Prepare implements StageStep {

    @Override
    public Stage stage() {
      return Stage.PREPARE;
    }

    @Override
    public Ending run(Work work) {
      prepareRuns.pass();
      return locked -> Ended.with("ok");
    }

    @Override
    public void failed(LockedConversation locked, LedgerRow row, Failure failure) {}
  }
}
