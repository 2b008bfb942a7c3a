package dev.talkmill.jobs.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.StageStep;
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
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.context.JobDashboardLogger.JobDashboardLogLine;
import org.jobrunr.jobs.context.JobDashboardLogger.JobDashboardLogLines;
import org.jobrunr.storage.StorageProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pause that a process has not heard of, or that comes while work is on its way. */
class PauseRaceTest {

  private static final String CLAIM = "SET state = 'PROCESSING'";
  private static final String CLAIM_NEXT = "'PROCESSING', 1, 1";
  private static final String UNTRIED = "0 attempts, 0 crashes";
  private static final int LANE = 4;

  private TestDatabase database;
  private ParkingDataSource statements;
  private Database parking;
  private Bench bench;
  private Operating operating;
  private Pauses elsewhere;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    parking = new Database(statements);
    bench = new Bench(database);
    operating = new Operating(database, bench);
    elsewhere = operating.elsewhere(() -> {});
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @ParameterizedTest
  @EnumSource
  void aClaimThatCameAfterThePauseTakesNothingWhereThePauseIsNotKnown(Kind kind)
      throws InterruptedException {
    UUID row = Operating.transcription(bench);
    String due = operating.due(row);
    try (TestWorker worker = transcribing(new FakeTranscribe(parking))) {
      try (Parked claim = statements.park(CLAIM)) {
        worker.start();
        claim.awaitArrival();
        operating.pause(elsewhere, transcribe(kind));
      }
      Await.until(() -> operating.state(row), "PENDING"::equals);
      assertThat(operating.spent(row)).isEqualTo(UNTRIED);
      assertThat(operating.due(row)).isEqualTo(due);

      operating.resume(worker.system().pauses(), transcribe(kind));
      Await.until(() -> operating.state(row), "COMPLETED"::equals);
      assertThat(operating.spent(row)).isEqualTo("1 attempts, 0 crashes");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJobDoesNotGoOnToAStageOfWhosePauseItsProcessDoesNotKnow(Kind kind)
      throws InterruptedException {
    UUID conversation = bench.conversation();
    UUID subject = UUID.randomUUID();
    insert(bench.row(conversation, subject, Stage.STORE, 1));
    Target target = operating.target(kind, Stage.PREPARE, "fake-PREPARE");
    try (TestWorker worker = worker(new Step(Stage.STORE, bench), new Step(Stage.PREPARE, bench))) {
      try (Parked claim = statements.park(CLAIM_NEXT)) {
        worker.start();
        claim.awaitArrival();
        operating.pause(elsewhere, target);
      }
      Await.until(() -> bench.only(conversation, subject, "STORE").state(), "COMPLETED"::equals);
      Seen.Row next = bench.only(conversation, subject, "PREPARE");
      assertThat(next.state()).isEqualTo("PENDING");
      assertThat(operating.spent(next.id())).isEqualTo(UNTRIED);

      operating.resume(worker.system().pauses(), target);
      Await.until(() -> operating.state(next.id()), "COMPLETED"::equals);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWaitsForRoomDoesNotBeginWhenThereIsRoom(Kind kind) {
    Gate gate = new Gate(LANE);
    List<UUID> rows =
        Stream.generate(() -> Operating.transcription(bench)).limit(LANE + 1).toList();
    try (TestWorker worker =
        transcribing(new FakeTranscribe(parking).during(work -> gate.pass()))) {
      worker.start();
      gate.awaitAll();
      Await.until(() -> inState(rows, "QUEUED"), waiting -> waiting == 1);
      operating.pause(worker.system().pauses(), transcribe(kind));
      gate.open();
      Await.until(() -> inState(rows, "COMPLETED"), done -> done == LANE);
      UUID last =
          Await.until(
                  () ->
                      rows.stream().filter(row -> operating.state(row).equals("PENDING")).findAny(),
                  Optional::isPresent)
              .orElseThrow();
      assertThat(operating.spent(last)).isEqualTo(UNTRIED);

      operating.resume(worker.system().pauses(), transcribe(kind));
      Await.until(() -> operating.state(last), "COMPLETED"::equals);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsResumedRunsAlsoWhereItIsRememberedAsPaused(Kind kind) {
    try (TestWorker worker = transcribing(new FakeTranscribe(parking)).start();
        TestWorker other =
            new TestWorker(
                database,
                TestWorker.withoutTimers(),
                new FakeSummarizer(),
                new FakeTranscribe(database.database()))) {
      operating.pause(elsewhere, transcribe(kind));
      worker.system().pauses().refresh();
      operating.resume(elsewhere, transcribe(kind));
      // So that the worker learns nothing from its own relay.
      statements.failNext("pg_try_advisory_xact_lock(7216344015203001)", Integer.MAX_VALUE);
      UUID row = Operating.transcription(bench);
      Await.until(
          () -> {
            other.system().relay().runOnce();
            worker.system().server().nudge();
            return operating.state(row);
          },
          "COMPLETED"::equals);
      assertThat(operating.spent(row)).isEqualTo("1 attempts, 0 crashes");
    }
  }

  @Test
  void theDashboardSaysWhyAJobDidNotRun() {
    UUID row = Operating.transcription(bench);
    try (TestWorker worker = transcribing(new FakeTranscribe(parking))) {
      worker.system().relay().runOnce();
      UUID job = jobOf(row);
      operating.pause(elsewhere, new Target(Kind.STAGE, "TRANSCRIBE"), "the model is swapped");
      worker.start();
      StorageProvider storage = worker.system().server().storage();
      Job ended =
          Await.until(
              () -> storage.getJobById(job), seen -> seen.getState().name().equals("SUCCEEDED"));
      assertThat(
              ended.getMetadata().values().stream()
                  .filter(JobDashboardLogLines.class::isInstance)
                  .flatMap(lines -> ((JobDashboardLogLines) lines).getLogLines().stream())
                  .map(JobDashboardLogLine::getLogMessage))
          .containsExactly(
              "Not run: TRANSCRIBE is paused (stage TRANSCRIBE: the model is swapped)."
                  + " Another job runs it when it is resumed.");
    }
  }

  /** Goes from STORE on to PREPARE. */
  private record Step(Stage stage, Bench bench) implements StageStep {

    @Override
    public Optional<String> provider() {
      return Optional.of("fake-" + stage);
    }

    @Override
    public Ending run(Work work) {
      NewRow next = bench.row(work.row().conversation(), work.row().subject(), Stage.PREPARE, 1);
      return conversation -> stage == Stage.STORE ? Ended.then(next) : Ended.with("ok");
    }

    @Override
    public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {}
  }

  private TestWorker transcribing(FakeTranscribe transcribe) {
    return worker(transcribe);
  }

  private TestWorker worker(StageStep... steps) {
    return new TestWorker(
        database, parking, TestWorker.withoutTimers(), new FakeSummarizer(), steps);
  }

  private Target transcribe(Kind kind) {
    return operating.target(kind, Stage.TRANSCRIBE, Operating.SPEECH);
  }

  private long inState(List<UUID> rows, String state) {
    return rows.stream().filter(row -> operating.state(row).equals(state)).count();
  }

  private UUID jobOf(UUID row) {
    return bench.one(
        "SELECT job_id FROM processing_status WHERE tenant_id = ? AND id = ?", UUID.class, row);
  }

  private void insert(NewRow row) {
    database.database().inTenant(bench.home().tenant(), () -> bench.core().ledger().insert(row));
  }
}
