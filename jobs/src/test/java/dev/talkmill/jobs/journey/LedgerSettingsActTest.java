package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.lane.Isolation;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Every setting of the ledger reaches what it is about through {@code JobSystem}: each test sets
 * one to a value that no other has, and looks at what the rows then say.
 */
class LedgerSettingsActTest {

  private static final double DAY = 24 * 3_600;

  private final FakeSummarizer summarizer = new FakeSummarizer();
  private TestDatabase database;
  private FakeTranscribe transcribe;
  private LedgerSettings settings;
  private Bench bench;
  private UUID conversation;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    transcribe = new FakeTranscribe(database.database());
  }

  @AfterEach
  void stop() {
    database.close();
  }

  /** Besides these settings nothing happens because time has passed: no poll and no sweep. */
  private void with(Map<String, String> given) {
    Map<String, String> properties = new HashMap<>();
    for (String timer : new String[] {"lease", "dispatch-lease", "sweep-every", "poll"}) {
      properties.put("talkmill.ledger." + timer, "1h");
    }
    given.forEach((name, value) -> properties.put("talkmill.ledger." + name, value));
    settings =
        new Binder(new MapConfigurationPropertySource(properties))
            .bindOrCreate("talkmill.ledger", Bindable.of(LedgerSettings.class));
    bench = new Bench(database, database.database(), settings, () -> {});
    conversation = bench.conversation();
  }

  private TestWorker worker() {
    return new TestWorker(database, settings, summarizer, transcribe);
  }

  /** Seconds from now to a time of a row. */
  private double ahead(String column, UUID subject) {
    return bench.one(
        "SELECT extract(epoch FROM %s - clock_timestamp()) FROM processing_status".formatted(column)
            + " WHERE tenant_id = ? AND subject_id = ?",
        Double.class,
        subject);
  }

  private long count(String condition) {
    return bench.one(
        "SELECT count(*) FROM processing_status WHERE tenant_id = ? AND conversation_id = ? AND "
            + condition,
        Long.class,
        conversation);
  }

  @Test
  void leaseIsThatOfAClaimAndTheMeasureOfTheWaitAfterCrashes() {
    with(Map.of("lease", "90m"));
    Gate gate = new Gate(1);
    transcribe.during(work -> gate.pass());
    UUID claimed = bench.chunk(conversation);
    UUID crashed = bench.chunk(conversation);
    bench
        .seen()
        .update(
            """
            UPDATE processing_status
            SET state = 'PROCESSING', crash_count = ?,
                lease_until = clock_timestamp() - interval '1 second'
            WHERE subject_id = ?
            """,
            Isolation.CRASHES_BEFORE_ALONE + 1,
            crashed);
    try (TestWorker worker = worker()) {
      worker.system().sweeps().runOnce();
      assertThat(ahead("next_attempt_at", crashed)).isBetween(2 * 5_300.0, 2 * 5_400.0);
      worker.start();
      gate.awaitAll();
      assertThat(ahead("lease_until", claimed)).isBetween(5_300.0, 5_400.0);
      gate.open();
    }
  }

  @Test
  void leaseIsThatOfEveryRenewal() {
    with(Map.of("lease", "1500ms"));
    Gate gate = new Gate(1);
    transcribe.during(work -> gate.pass());
    UUID chunk = bench.chunk(conversation);
    try (TestWorker worker = worker().start()) {
      gate.awaitAll();
      String until =
          "SELECT CAST(lease_until AS text) FROM processing_status"
              + " WHERE tenant_id = ? AND subject_id = ?";
      String first = bench.one(until, String.class, chunk);
      Await.until(() -> bench.one(until, String.class, chunk), now -> !now.equals(first));
      assertThat(ahead("lease_until", chunk)).isLessThanOrEqualTo(1.5);
      gate.open();
      assertThat(worker.system().server().isRunning()).isTrue();
    }
  }

  @Test
  void dispatchLeaseIsThatOfADispatchedRow() {
    with(Map.of("dispatch-lease", "90m"));
    UUID chunk = bench.chunk(conversation);
    try (TestWorker worker = worker()) {
      worker.system().relay().runOnce();
    }
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("QUEUED");
    assertThat(ahead("lease_until", chunk)).isBetween(5_300.0, 5_400.0);
  }

  @Test
  void tenantInFlightMaxBoundsWhatIsDispatched() {
    with(Map.of("tenant-in-flight-max", "2"));
    for (int i = 0; i < 4; i++) {
      bench.chunk(conversation);
    }
    try (TestWorker worker = worker()) {
      worker.system().relay().runOnce();
      worker.system().relay().runOnce();
    }
    assertThat(count("state = 'QUEUED'")).isEqualTo(2);
  }

  @Test
  void attemptsMaxAreMadeAndNoMore() {
    with(Map.of("attempts-max", "3", "retry-base", "1ms", "retry-cap", "1ms"));
    failing();
    UUID chunk = bench.chunk(conversation);
    try (TestWorker worker = worker().start()) {
      Seen.Row failed =
          Await.until(
              () -> bench.only(conversation, chunk, "TRANSCRIBE"),
              row -> row.state().equals("FAILED"));
      assertThat(failed.attempts()).isEqualTo(3);
      assertThat(worker.system().server().isRunning()).isTrue();
    }
  }

  private void failing() {
    transcribe.during(work -> {
      throw FailureException.of(FailureCode.PROVIDER_UNAVAILABLE, "503");
    });
  }

  /**
   * Delays are drawn at random up to their bound; these bounds are so far from each other and from
   * the defaults that a wrong one shows.
   */
  @Test
  void retryBaseBoundsTheFirstDelayAndRetryCapEveryOne() {
    with(Map.of("attempts-max", "100", "retry-base", "1000d", "retry-cap", "64000d"));
    failing();
    UUID first = bench.chunk(conversation);
    UUID late = bench.chunk(conversation);
    bench.seen().update("UPDATE processing_status SET attempts = 14 WHERE subject_id = ?", late);
    try (TestWorker worker = worker().start()) {
      Await.until(
          () -> count("state = 'PENDING' AND error_code IS NOT NULL"), failed -> failed == 2);
      assertThat(worker.system().server().isRunning()).isTrue();
    }
    assertThat(ahead("next_attempt_at", first)).isBetween(600.0, 1_000 * DAY);
    assertThat(ahead("next_attempt_at", late)).isBetween(600.0, 64_000 * DAY);
  }

  @Test
  void settleFirstDoublesUpToSettleMax() {
    with(Map.of("settle-first", "3h", "settle-max", "5h"));
    assertThat(settling(1)).isBetween(3 * 3_500.0, 3 * 3_600.0);
    assertThat(settling(2)).isBetween(5 * 3_500.0, 5 * 3_600.0);
  }

  /** Seconds that a change waits after so many settlements. */
  private double settling(int settlements) {
    UUID settled = bench.conversation();
    bench.write(settled, "hello");
    bench
        .seen()
        .update("UPDATE conversation SET settled_count = ? WHERE id = ?", settlements, settled);
    bench.finish(settled);
    return bench.one(
        """
        SELECT extract(epoch FROM next_attempt_at - clock_timestamp()) FROM processing_status
        WHERE tenant_id = ? AND subject_id = ? AND stage = 'AGGREGATE'
        """,
        Double.class,
        settled);
  }

  @Test
  void idleFinishIsHowLongAConversationMayBeQuiet() {
    with(Map.of("idle-finish", "3h"));
    UUID waiting = quiet("2 hours");
    UUID idle = quiet("4 hours");
    try (TestWorker worker = worker()) {
      worker.system().sweeps().runOnce();
    }
    assertThat(bench.seen().conversation(waiting).finished()).isFalse();
    assertThat(bench.seen().conversation(idle).finished()).isTrue();
  }

  private UUID quiet(String interval) {
    UUID quiet = bench.conversation();
    bench.write(quiet, "hello");
    bench
        .seen()
        .update(
            """
            UPDATE conversation SET last_activity_at = clock_timestamp() - CAST(? AS interval)
            WHERE id = ?
            """,
            interval,
            quiet);
    return quiet;
  }

  @Test
  void sweepEveryBringsTheNextRound() {
    with(Map.of("sweep-every", "100ms"));
    try (TestWorker worker = worker().start()) {
      for (int round = 0; round < 2; round++) {
        UUID idle = quiet("1 day");
        Await.until(() -> bench.seen().conversation(idle), Seen.Conversation::finished);
      }
      assertThat(worker.system().server().isRunning()).isTrue();
    }
  }

  @Test
  void pollFindsWhatNobodyToldOf() {
    with(Map.of("poll", "100ms"));
    try (TestWorker worker = worker().start()) {
      for (int round = 0; round < 2; round++) {
        UUID chunk = bench.chunk(conversation);
        Await.until(
            () -> bench.only(conversation, chunk, "TRANSCRIBE").state(),
            state -> state.equals("COMPLETED"));
      }
      assertThat(worker.system().server().isRunning()).isTrue();
    }
  }

  @Test
  void eventsAndRowsAreKeptAsLongAsTheirRetentionsSay() {
    with(Map.of("event-retention", "3d", "row-retention", "6d"));
    for (int days : new int[] {2, 4, 5, 7}) {
      completed(days);
    }
    bench.chunk(conversation);
    bench.chunk(conversation);
    long events = events();
    bench
        .seen()
        .update(
            """
            UPDATE processing_event SET created_at = now() - interval '4 days'
            WHERE id = (SELECT min(id) FROM processing_event)
            """);
    try (TestWorker worker = worker()) {
      worker.system().sweeps().runOnce();
    }
    assertThat(count("state = 'COMPLETED'")).isEqualTo(3);
    assertThat(events()).isEqualTo(events - 1).isPositive();
  }

  private long events() {
    return bench.one(
        "SELECT count(*) FROM processing_event WHERE tenant_id = ? AND conversation_id = ?",
        Long.class,
        conversation);
  }

  /** A row that ended so many days ago. */
  private void completed(int days) {
    bench
        .seen()
        .update(
            """
            INSERT INTO processing_status
              (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
               finished_at, outcome)
            VALUES (?, ?, ?, ?, ?, 'STORE', 1, 'COMPLETED', now() - ? * interval '1 day', 'ok')
            """,
            bench.home().tenant(),
            UUID.randomUUID(),
            bench.home().project(),
            conversation,
            UUID.randomUUID(),
            days);
  }
}
