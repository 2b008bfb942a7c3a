package dev.talkmill.jobs.testing;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.stage.AggregateStep;
import dev.talkmill.jobs.stage.ProviderCalls;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.stage.SummarizeStep;
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.summarize.Summarizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The durable core with the conversation stages, as a worker runs it. */
public final class TestWorker implements AutoCloseable {

  private final WakeUp wakeUp;
  private final Core core;
  private final JobSystem system;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  public TestWorker(TestDatabase database, Summarizer summarizer, StageStep... more) {
    this(database, settings(), summarizer, more);
  }

  public TestWorker(
      TestDatabase database, LedgerSettings settings, Summarizer summarizer, StageStep... more) {
    this(database, database.database(), settings, summarizer, more);
  }

  /**
   * A worker over a database whose statements a test parks.
   *
   * @param over the same database as {@code database}, which JobRunr's pool is of
   */
  public TestWorker(
      TestDatabase database,
      Database over,
      LedgerSettings settings,
      Summarizer summarizer,
      StageStep... more) {
    this.wakeUp = new WakeUp(Pools.owner(database.address()));
    this.core = Core.over(over, settings, 1L << 30, Clock.systemUTC(), wakeUp);
    List<StageStep> steps = new ArrayList<>(List.of(more));
    steps.add(
        new AggregateStep(
            core.database(), core.results(), core.transcripts(), core.conversations()));
    steps.add(
        new SummarizeStep(
            core.database(),
            core.transcripts(),
            new ProjectSettings(core.database()),
            core.conversations(),
            new ProviderCalls(core.database(), core.clock(), meters),
            summarizer,
            Duration.ofSeconds(30)));
    this.system =
        new JobSystem(
            core,
            wakeUp,
            new JobSystem.Worker(
                database.jobs(),
                lanes(),
                Map.of(),
                steps,
                List.of(),
                Duration.ofSeconds(2),
                List.of(),
                meters,
                () -> {}));
  }

  /** Short leases and delays; the settings that users get are tested in module config. */
  public static LedgerSettings settings() {
    return new LedgerSettings(
        Duration.ofSeconds(2),
        Duration.ofSeconds(4),
        4,
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        Duration.ofMillis(100),
        Duration.ofMillis(400),
        Duration.ofMinutes(5),
        Duration.ofMillis(200),
        Duration.ofMillis(200),
        1000,
        Duration.ofDays(30),
        Duration.ofDays(90));
  }

  /** As {@link #settings}, but nothing happens because time has passed: no poll and no sweep. */
  public static LedgerSettings withoutTimers() {
    LedgerSettings usual = settings();
    Duration never = Duration.ofHours(1);
    return new LedgerSettings(
        never,
        never,
        usual.attemptsMax(),
        usual.retryBase(),
        usual.retryCap(),
        usual.settleFirst(),
        usual.settleMax(),
        usual.idleFinish(),
        never,
        never,
        usual.tenantInFlightMax(),
        usual.eventRetention(),
        usual.rowRetention());
  }

  private static Map<Stage, Integer> lanes() {
    Map<Stage, Integer> lanes = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      lanes.put(stage, 4);
    }
    return lanes;
  }

  public TestWorker start() {
    wakeUp.start();
    system.start();
    return this;
  }

  public Core core() {
    return core;
  }

  public JobSystem system() {
    return system;
  }

  public SimpleMeterRegistry meters() {
    return meters;
  }

  @Override
  public void close() {
    system.close();
    wakeUp.close();
  }
}
