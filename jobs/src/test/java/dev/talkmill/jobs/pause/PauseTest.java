package dev.talkmill.jobs.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.pause.Pauses.Answer;
import dev.talkmill.jobs.pause.Pauses.Operator;
import dev.talkmill.jobs.pause.Pauses.Resumed;
import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.read.LedgerReads;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is paused waits as it is; what runs ends; what is resumed goes on. */
class PauseTest {

  private static final String SPEECH = "fake-speech";
  private TestDatabase database;
  private Bench bench;
  private UUID conversation;
  private Operator operator;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    bench = new Bench(database);
    conversation = bench.conversation();
    operator = new Operator("a test", bench.home().tenant(), true);
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPausedIsNotDispatchedAndStaysAsItIs(Kind kind) {
    UUID row = transcription(bench);
    String before = bench.whole(row);
    try (TestWorker worker = worker()) {
      pause(worker, target(kind, Stage.TRANSCRIBE, SPEECH));
      assertThat(worker.system().relay().runOnce().dispatched()).isZero();
      assertThat(bench.whole(row)).isEqualTo(before);

      resume(worker, target(kind, Stage.TRANSCRIBE, SPEECH));
      assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotPausedPassesWhatIs(Kind kind) {
    UUID held = transcription(bench);
    Bench other = new Bench(database);
    UUID free =
        kind == Kind.TENANT
            ? transcription(other)
            : insert(bench.row(conversation, UUID.randomUUID(), Stage.AGGREGATE, 1));
    try (TestWorker worker = worker()) {
      pause(worker, target(kind, Stage.TRANSCRIBE, SPEECH));
      assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
      assertThat(state(bench, held)).isEqualTo("PENDING");
      assertThat(state(kind == Kind.TENANT ? other : bench, free)).isEqualTo("QUEUED");
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
    try (TestWorker worker =
        new TestWorker(database, TestWorker.withoutTimers(), new FakeSummarizer(), store, prepare)
            .start()) {
      gate.awaitAll();
      pause(worker, target(kind, Stage.PREPARE, "fake-PREPARE"));
      gate.open();
      Seen.Row ended =
          Await.until(
              () -> bench.only(conversation, subject, "STORE"),
              row -> row.state().equals("COMPLETED"));
      assertThat(ended.attempts()).isEqualTo(1);
      Seen.Row next = bench.only(conversation, subject, "PREPARE");
      assertThat(next.state()).isEqualTo("PENDING");
      assertThat(next.epoch()).isZero();
      assertThat(next.attempts()).isZero();
      assertThat(next.crashCount()).isZero();

      resume(worker, target(kind, Stage.PREPARE, "fake-PREPARE"));
      Await.until(() -> bench.only(conversation, subject, "PREPARE").state(), "COMPLETED"::equals);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasDispatchedAndNotClaimedIsGivenBackToItsOldPlace(Kind kind) {
    UUID row = transcription(bench);
    String due = nextAttempt(row);
    try (TestWorker worker = worker()) {
      assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
      pause(worker, target(kind, Stage.TRANSCRIBE, SPEECH));
      worker.start();
      Await.until(() -> state(bench, row), "PENDING"::equals);
      assertThat(nextAttempt(row)).isEqualTo(due);
      Seen.Row seen = seen(row);
      assertThat(seen.attempts()).isZero();
      assertThat(seen.crashCount()).isZero();

      resume(worker, target(kind, Stage.TRANSCRIBE, SPEECH));
      Await.until(() -> state(bench, row), "COMPLETED"::equals);
    }
  }

  /** Each of two relays would offer it at once to the other for as long as the pause stands. */
  @Test
  void aRowFromAProcessWithAnotherProviderWaitsAMoment() {
    UUID row = transcription(bench);
    String due = nextAttempt(row);
    try (TestWorker worker = worker()) {
      pause(worker, new Target(Kind.PROVIDER, SPEECH));
      system("UPDATE pause SET created_at = created_at - interval '1 minute'");
      // As a relay does whose process transcribes with somebody else.
      try (TestWorker elsewhere =
          new TestWorker(database, TestWorker.withoutTimers(), new FakeSummarizer())) {
        assertThat(elsewhere.system().relay().runOnce().dispatched()).isEqualTo(1);
      }
      worker.start();
      Await.until(() -> state(bench, row), "PENDING"::equals);
      assertThat(nextAttempt(row)).isGreaterThan(due);
      assertThat(seen(row).attempts()).isZero();
    }
  }

  @Test
  void aPauseOutlivesEveryProcessAndWhatIsResumedRunsAtOnceInAnother() {
    FakeSummarizer summarizer = new FakeSummarizer();
    Target target = new Target(Kind.STAGE, "SUMMARIZE");
    try (TestWorker one = started(summarizer);
        TestWorker other = started(summarizer)) {
      pause(one, target);
      Await.until(() -> other.system().pauses().holds().stages(), stages -> !stages.isEmpty());
      bench.write(conversation, "Good morning.");
      one.core().steering().finish(bench.home().tenant(), conversation, null);
      Await.until(() -> bench.seen().rows(conversation, "SUMMARIZE"), rows -> !rows.isEmpty());
    }
    try (TestWorker later = started(summarizer);
        WakeUp wakeUp = new WakeUp(Pools.owner(database.address()))) {
      Await.until(() -> later.system().pauses().holds().stages(), stages -> !stages.isEmpty());
      assertThat(later.system().relay().runOnce().dispatched()).isZero();
      assertThat(summarizer.asked()).isEmpty();
      Seen.Row waits = bench.only(conversation, conversation, "SUMMARIZE");
      assertThat(waits.state()).isEqualTo("PENDING");
      assertThat(waits.attempts()).isZero();

      wakeUp.start();
      assertThat(pauses(wakeUp).resume(target, operator)).isEqualTo(Resumed.DONE);
      assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("ok");
    }
  }

  @Test
  void aRowSaysWhyItWaitsAndNothingOfOtherTenants() {
    UUID row = transcription(bench);
    Pauses pauses = pauses(() -> {});
    pauses.pause(target(Kind.TENANT, new Bench(database)), "another's", operator);
    assertThat(view(row)).contains("\"waiting_because\": null");
    Map<Kind, Target> targets =
        Map.of(
            Kind.PROVIDER, new Target(Kind.PROVIDER, SPEECH),
            Kind.STAGE, new Target(Kind.STAGE, "TRANSCRIBE"),
            Kind.TENANT, target(Kind.TENANT, bench));
    for (Kind kind : List.of(Kind.PROVIDER, Kind.STAGE, Kind.TENANT)) {
      Target target = targets.get(kind);
      pauses.pause(target, "the " + kind.code() + " waits", operator);
      assertThat(view(row))
          .contains(
              "\"waiting_because\": {\"kind\": \"%s\", \"name\": \"%s\", \"reason\": \"the %s waits\"}"
                  .formatted(kind.code(), target.name(), kind.code()));
    }
    bench.queue(row);
    assertThat(view(row)).contains("\"waiting_because\": null");
    assertThat(pauses.listOf(bench.home().tenant(), null, 10))
        .extracting(Pause::reason)
        .containsExactly("the provider waits", "the stage waits", "the tenant waits");
    assertThat(pauses.list(null, 10)).hasSize(4);
  }

  @Test
  void sweepsFindNothingToMendInWhatIsPaused() {
    UUID row = transcription(bench);
    UUID said = bench.conversation();
    bench.write(said, "Good morning.");
    bench.finish(said);
    bench.seen().update("UPDATE conversation_chunk SET updated_at = now() - interval '1 day'");
    bench.seen().update("UPDATE processing_status SET next_attempt_at = now() - interval '1 day'");
    pauses(() -> {}).pause(target(Kind.TENANT, bench), "why", operator);
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

  @Test
  void namesThatNobodyKnowsAreRefused() {
    Pauses pauses = pauses(() -> {});
    for (Target target :
        List.of(
            new Target(Kind.TENANT, UUID.randomUUID().toString()),
            new Target(Kind.STAGE, "transcribe"),
            new Target(Kind.PROVIDER, "nobody"))) {
      assertThat(pauses.pause(target, "why", operator)).isEqualTo(new Answer.UnknownName());
      assertThat(pauses.resume(target, operator)).isEqualTo(Resumed.UNKNOWN_NAME);
    }
    assertThat(pauses.list(null, 10)).isEmpty();
  }

  /** The provider was changed while its pause stood. */
  @Test
  void aPauseOfAProviderThatNobodyCallsAnyMoreCanBeEnded() {
    Target target = new Target(Kind.PROVIDER, "nobody");
    system(
        """
        INSERT INTO pause (kind, name, reason, created_by, by_installation)
        VALUES ('provider', 'nobody', 'why', 'somebody', true)
        """);
    assertThat(pauses(() -> {}).resume(target, operator)).isEqualTo(Resumed.DONE);
  }

  @Test
  void aTenantsAdministratorEndsNoPauseOfTheInstallation() {
    Pauses pauses = pauses(() -> {});
    Target target = target(Kind.TENANT, bench);
    Operator own = new Operator("own", bench.home().tenant(), false);
    assertThat(pauses.pause(target, "theirs", own)).isInstanceOf(Answer.Held.class);
    assertThat(pauses.pause(target, "ours", operator)).isInstanceOf(Answer.Held.class);
    assertThat(pauses.pause(target, "theirs", own)).isEqualTo(new Answer.OfInstallation());
    assertThat(pauses.resume(target, own)).isEqualTo(Resumed.OF_INSTALLATION);
    assertThat(pauses.list(null, 10)).extracting(Pause::reason).containsExactly("ours");
    assertThat(pauses.resume(target, operator)).isEqualTo(Resumed.DONE);
  }

  @Test
  void theAuditLogHasEveryChangeOnceWithTheTenantThatItIsAbout() {
    Pauses pauses = pauses(() -> {});
    operator = new Operator("the operator", new Bench(database).home().tenant(), true);
    Target tenant = target(Kind.TENANT, bench);
    Target stage = new Target(Kind.STAGE, "STORE");
    Pause first = held(pauses.pause(tenant, "why", operator));
    assertThat(held(pauses.pause(tenant, "why", operator))).isEqualTo(first);
    assertThat(held(pauses.pause(tenant, "still", operator)).createdAt())
        .isEqualTo(first.createdAt());
    pauses.pause(stage, "disk", operator);
    pauses.resume(stage, operator);
    assertThat(pauses.resume(stage, operator)).isEqualTo(Resumed.WAS_NOT_PAUSED);

    assertThat(audit(bench.home().tenant()))
        .containsExactly("pause tenant why", "pause tenant still");
    assertThat(audit(operator.tenant())).containsExactly("pause stage disk", "resume stage disk");
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

  private TestWorker started(FakeSummarizer summarizer) {
    return new TestWorker(database, TestWorker.withoutTimers(), summarizer).start();
  }

  /** As an upload API has it, which runs nothing. */
  private Pauses pauses(DueSignal signal) {
    return new Pauses(database.database(), new Holds(Map.of(Stage.TRANSCRIBE, SPEECH)), signal);
  }

  private void pause(TestWorker worker, Target target) {
    held(worker.system().pauses().pause(target, "a test says so", operator));
  }

  private static Pause held(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Held.class);
    return ((Answer.Held) answer).pause();
  }

  private void resume(TestWorker worker, Target target) {
    assertThat(worker.system().pauses().resume(target, operator)).isEqualTo(Resumed.DONE);
  }

  private Target target(Kind kind, Stage stage, String provider) {
    return switch (kind) {
      case TENANT -> target(kind, bench);
      case STAGE -> new Target(kind, stage.name());
      case PROVIDER -> new Target(kind, provider);
    };
  }

  private static Target target(Kind kind, Bench bench) {
    return new Target(kind, bench.home().tenant().toString());
  }

  private static UUID transcription(Bench bench) {
    UUID conversation = bench.conversation();
    return bench.only(conversation, bench.chunk(conversation), "TRANSCRIBE").id();
  }

  private UUID insert(NewRow row) {
    return database
        .database()
        .inTenant(bench.home().tenant(), () -> bench.core().ledger().insert(row));
  }

  private static String state(Bench bench, UUID row) {
    return bench.one(
        "SELECT state FROM processing_status WHERE tenant_id = ? AND id = ?", String.class, row);
  }

  private Seen.Row seen(UUID row) {
    UUID of =
        bench.one(
            "SELECT conversation_id FROM processing_status WHERE tenant_id = ? AND id = ?",
            UUID.class,
            row);
    return bench.seen().rows(of).stream()
        .filter(seen -> seen.id().equals(row))
        .findFirst()
        .orElseThrow();
  }

  private String nextAttempt(UUID row) {
    return bench.one(
        "SELECT utc(next_attempt_at) FROM processing_status WHERE tenant_id = ? AND id = ?",
        String.class,
        row);
  }

  private String view(UUID row) {
    return new LedgerReads(database.database(), Map.of(Stage.TRANSCRIBE, SPEECH))
        .find(bench.home().tenant(), row)
        .orElseThrow()
        .json();
  }

  private List<String> audit(UUID tenant) {
    return database
        .database()
        .inTenant(
            tenant,
            () ->
                database
                    .database()
                    .sql()
                    .sql(
                        """
                        SELECT action || ' ' || (detail ->> 'kind') || ' ' || (detail ->> 'reason')
                        FROM audit_log WHERE actor = 'the operator' ORDER BY id
                        """)
                    .query(String.class)
                    .list());
  }

  private void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
