package dev.talkmill.jobs.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.sweep.ReopenLostChunks;
import dev.talkmill.jobs.sweep.ScheduleBehind;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is paused waits as it is; what runs ends; what is resumed goes on. */
class PauseTest {

  private TestDatabase database;
  private Bench bench;
  private UUID conversation;
  private Operating operating;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    bench = new Bench(database);
    conversation = bench.conversation();
    operating = new Operating(database, bench);
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPausedIsNotDispatchedAndStaysAsItIs(Kind kind) {
    UUID row = Operating.transcription(bench);
    String before = bench.whole(row);
    try (TestWorker worker = worker()) {
      pause(worker, transcribe(kind));
      assertThat(worker.system().relay().runOnce().dispatched()).isZero();
      assertThat(bench.whole(row)).isEqualTo(before);

      resume(worker, transcribe(kind));
      assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotPausedPassesWhatIs(Kind kind) {
    UUID held = Operating.transcription(bench);
    Bench other = new Bench(database);
    UUID free =
        kind == Kind.TENANT
            ? Operating.transcription(other)
            : insert(bench.row(conversation, UUID.randomUUID(), Stage.AGGREGATE, 1));
    try (TestWorker worker = worker()) {
      pause(worker, transcribe(kind));
      assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
      assertThat(operating.state(held)).isEqualTo("PENDING");
      assertThat(new Operating(database, kind == Kind.TENANT ? other : bench).state(free))
          .isEqualTo("QUEUED");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatRunsEndsAndDoesNotGoOnToAPausedStage(Kind kind) {
    Gate gate = new Gate(1);
    Step store = new Step(Stage.STORE, bench, gate::pass);
    Step prepare = new Step(Stage.PREPARE, bench, () -> {});
    UUID subject = UUID.randomUUID();
    insert(bench.row(conversation, subject, Stage.STORE, 1));
    Target target = operating.target(kind, Stage.PREPARE, "fake-PREPARE");
    try (TestWorker worker =
        new TestWorker(database, TestWorker.withoutTimers(), new FakeSummarizer(), store, prepare)
            .start()) {
      gate.awaitAll();
      pause(worker, target);
      gate.open();
      Seen.Row ended =
          Await.until(
              () -> bench.only(conversation, subject, "STORE"),
              row -> row.state().equals("COMPLETED"));
      assertThat(ended.attempts()).isEqualTo(1);
      Seen.Row next = bench.only(conversation, subject, "PREPARE");
      assertThat(next.state()).isEqualTo("PENDING");
      assertThat(next.epoch()).isZero();
      assertThat(operating.spent(next.id())).isEqualTo("0 attempts, 0 crashes");

      resume(worker, target);
      Await.until(() -> bench.only(conversation, subject, "PREPARE").state(), "COMPLETED"::equals);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasDispatchedAndNotClaimedIsGivenBackToItsOldPlace(Kind kind) {
    UUID row = Operating.transcription(bench);
    String due = operating.due(row);
    try (TestWorker worker = worker()) {
      assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
      pause(worker, transcribe(kind));
      worker.start();
      Await.until(() -> operating.state(row), "PENDING"::equals);
      assertThat(operating.due(row)).isEqualTo(due);
      assertThat(operating.spent(row)).isEqualTo("0 attempts, 0 crashes");

      resume(worker, transcribe(kind));
      Await.until(() -> operating.state(row), "COMPLETED"::equals);
    }
  }

  /** Each of two relays would offer it at once to the other for as long as the pause stands. */
  @Test
  void aRowFromAProcessWithAnotherProviderWaitsAMoment() {
    UUID row = Operating.transcription(bench);
    String due = operating.due(row);
    try (TestWorker worker = worker()) {
      pause(worker, new Target(Kind.PROVIDER, Operating.SPEECH));
      system("UPDATE pause SET created_at = created_at - interval '1 minute'");
      // As a relay does whose process transcribes with somebody else.
      try (TestWorker elsewhere = started(new FakeSummarizer(), false)) {
        assertThat(elsewhere.system().relay().runOnce().dispatched()).isEqualTo(1);
      }
      worker.start();
      Await.until(() -> operating.state(row), "PENDING"::equals);
      assertThat(operating.due(row)).isGreaterThan(due);
      assertThat(operating.spent(row)).isEqualTo("0 attempts, 0 crashes");
    }
  }

  @Test
  void aPauseOutlivesEveryProcessAndWhatIsResumedRunsAtOnceInAnother() {
    FakeSummarizer summarizer = new FakeSummarizer();
    Target target = new Target(Kind.STAGE, "SUMMARIZE");
    try (TestWorker one = started(summarizer, true);
        TestWorker other = started(summarizer, true)) {
      pause(one, target);
      Await.until(() -> other.system().pauses().holds().stages(), stages -> !stages.isEmpty());
      bench.write(conversation, "Good morning.");
      one.core().steering().finish(bench.home().tenant(), conversation, null);
      Await.until(() -> bench.seen().rows(conversation, "SUMMARIZE"), rows -> !rows.isEmpty());
    }
    try (TestWorker later = started(summarizer, true);
        WakeUp wakeUp = new WakeUp(Pools.owner(database.address()))) {
      Await.until(() -> later.system().pauses().holds().stages(), stages -> !stages.isEmpty());
      assertThat(later.system().relay().runOnce().dispatched()).isZero();
      assertThat(summarizer.asked()).isEmpty();
      Seen.Row waits = bench.only(conversation, conversation, "SUMMARIZE");
      assertThat(waits.state()).isEqualTo("PENDING");
      assertThat(waits.attempts()).isZero();

      wakeUp.start();
      operating.resume(operating.elsewhere(wakeUp), target);
      assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("ok");
    }
  }

  @Test
  void sweepsFindNothingToMendInWhatIsPaused() {
    UUID row = Operating.transcription(bench);
    UUID said = bench.conversation();
    bench.write(said, "Good morning.");
    bench.finish(said);
    bench.seen().update("UPDATE conversation_chunk SET updated_at = now() - interval '1 day'");
    bench.seen().update("UPDATE processing_status SET next_attempt_at = now() - interval '1 day'");
    operating.pause(operating.elsewhere(() -> {}), Operating.tenant(bench));
    String before = bench.whole(row);
    var core = bench.core();
    assertThat(new ScheduleBehind(database.database(), core.conversations()).runOnce()).isZero();
    assertThat(
            new ReopenLostChunks(
                    database.database(), core.conversations(), core.chunks(), core.ledger())
                .runOnce())
        .isZero();
    assertThat(bench.whole(row)).isEqualTo(before);
    assertThat(bench.seen().rows(said, "AGGREGATE")).hasSize(1);
  }

  /** Does nothing but to pass, and goes from STORE on to PREPARE. */
  private record Step(Stage stage, Bench bench, Runnable during) implements StageStep {

    @Override
    public Optional<String> provider() {
      return Optional.of("fake-" + stage);
    }

    @Override
    public Ending run(Work work) {
      during.run();
      NewRow next = bench.row(work.row().conversation(), work.row().subject(), Stage.PREPARE, 1);
      return conversation -> stage == Stage.STORE ? Ended.then(next) : Ended.with("ok");
    }

    @Override
    public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {}
  }

  private TestWorker worker() {
    return new TestWorker(
        database,
        TestWorker.withoutTimers(),
        new FakeSummarizer(),
        new FakeTranscribe(database.database()));
  }

  /** A worker that does what comes after TRANSCRIBE alone. */
  private TestWorker started(FakeSummarizer summarizer, boolean running) {
    TestWorker worker = new TestWorker(database, TestWorker.withoutTimers(), summarizer);
    return running ? worker.start() : worker;
  }

  private Target transcribe(Kind kind) {
    return operating.target(kind, Stage.TRANSCRIBE, Operating.SPEECH);
  }

  private void pause(TestWorker worker, Target target) {
    operating.pause(worker.system().pauses(), target);
  }

  private void resume(TestWorker worker, Target target) {
    operating.resume(worker.system().pauses(), target);
  }

  private UUID insert(NewRow row) {
    return database
        .database()
        .inTenant(bench.home().tenant(), () -> bench.core().ledger().insert(row));
  }

  private void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
