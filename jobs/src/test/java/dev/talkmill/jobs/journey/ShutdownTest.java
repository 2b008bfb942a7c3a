package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShutdownTest {

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
  void whatASlowHandlerDidIsHandedBackWithoutAnAttemptOrACrash() {
    assertHandedBack(() -> new IllegalStateException("interrupted at the gate"));
  }

  @Test
  void aProviderCallThatIsCutShortByTheStopIsNoFailureOfTheProvider() {
    assertHandedBack(
        () -> FailureException.of(FailureCode.PROVIDER_UNAVAILABLE, "the call was interrupted"));
  }

  private void assertHandedBack(java.util.function.Supplier<RuntimeException> thrown) {
    Gate gate = new Gate(1);
    FakeTranscribe transcribe =
        new FakeTranscribe(database.database())
            .during(work -> {
              try {
                gate.pass();
              } catch (IllegalStateException e) {
                throw thrown.get();
              }
            });
    UUID chunk = bench.chunk(conversation);
    try (TestWorker worker = worker(transcribe).start()) {
      gate.awaitAll();
      assertThat(worker.system().server().isRunning()).isTrue();
    }
    Seen.Row row = bench.only(conversation, chunk, "TRANSCRIBE");
    assertThat(row.state()).isEqualTo("PENDING");
    assertThat(row.attempts()).isZero();
    assertThat(row.crashCount()).isZero();
    assertThat(row.errorCode()).isNull();
  }

  @Test
  void aStoppingWorkerEndsItsStageAndTakesNoNextOne() throws Exception {
    Gate gate = new Gate(1);
    UUID chunk = UUID.randomUUID();
    bench.seen().update("DELETE FROM processing_status");
    database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> bench.core().ledger().insert(bench.row(conversation, chunk, Stage.PREPARE, 1)));
    TestWorker worker = worker(new FakeTranscribe(database.database()), new Prepare(gate)).start();
    gate.awaitAll();
    CompletableFuture<Boolean> closed =
        Bench.aside(() -> {
          worker.close();
          return true;
        });
    Await.until(() -> worker.system().server().isRunning(), running -> !running);
    gate.open();
    assertThat(closed.get(2, TimeUnit.MINUTES)).isTrue();

    assertThat(bench.only(conversation, chunk, "PREPARE").state()).isEqualTo("COMPLETED");
    Seen.Row next = bench.only(conversation, chunk, "TRANSCRIBE");
    assertThat(next.state()).isEqualTo("PENDING");
    assertThat(next.epoch()).isZero();
  }

  @Test
  void aWorkerThatNeverStartedCanBeClosed() {
    assertThatCode(() -> worker().close()).doesNotThrowAnyException();
  }

  private static TestWorker worker(StageStep... steps) {
    return new TestWorker(database, TestWorker.withoutTimers(), new FakeSummarizer(), steps);
  }

  /** PREPARE that waits at a gate and goes on with TRANSCRIBE. */
  private record Prepare(Gate gate) implements StageStep {

    @Override
    public Stage stage() {
      return Stage.PREPARE;
    }

    @Override
    public Ending run(Work work) {
      gate.pass();
      LedgerRow row = work.row();
      return conversation ->
          Ended.then(
              NewRow.due(
                  row.project(),
                  row.conversation(),
                  row.subject(),
                  Stage.TRANSCRIBE,
                  row.generation(),
                  row.priority()));
    }

    @Override
    public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {}
  }
}
