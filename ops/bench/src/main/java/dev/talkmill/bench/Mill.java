package dev.talkmill.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * The pipeline of a worker with the settings that users get, its stages real and what is outside of
 * it faked.
 */
final class Mill implements AutoCloseable {

  /**
   * Those of a worker that calls a speech provider, see {@code PipelineWiring}; but a decoder that
   * takes no time is not bounded by the cores.
   */
  private static final Map<Stage, Integer> LANES =
      new EnumMap<>(
          Map.of(
              Stage.STORE, 32,
              Stage.PREPARE, 32,
              Stage.TRANSCRIBE, 64,
              Stage.AGGREGATE, 8,
              Stage.SUMMARIZE, 16,
              Stage.ERASE, 2));

  private static final long SPOOL_BYTES = 4L << 30;

  private final HikariDataSource work;
  private final HikariDataSource jobs;
  private final WakeUp wakeUp;
  private final Core core;
  private final JobSystem system;
  private final Clockwork clockwork;
  private final FrontDoor door;

  /**
   * @param speechSlots provider calls at once
   * @param connections of the pool of its own work
   */
  record Shape(Duration speechDelay, int speechSlots, int connections) {
    static Shape usual() {
      return new Shape(
          Duration.ZERO, 64, defaults("talkmill.database", DatabaseSettings.class).connections());
    }
  }

  /** What the pipeline has no part in. */
  record Outside(
      ObjectStore store, AudioDecoder decoder, SpeechEngine speech, Summarizer summarizer) {

    /** All of it faked, at no cost but the delay of the speech engine. */
    static Outside faked(Duration speechDelay) {
      return new Outside(
          FakeStores.empty(), Fakes.decoder(), Fakes.speech(speechDelay), Fakes.summarizer());
    }
  }

  Mill(Address address, Path directory, Shape shape) {
    this(address, directory, shape, Outside.faked(shape.speechDelay()));
  }

  Mill(Address address, Path directory, Shape shape, Outside outside) {
    DatabaseSettings usual = defaults("talkmill.database", DatabaseSettings.class);
    DatabaseSettings settings =
        new DatabaseSettings(
            null,
            null,
            null,
            shape.connections(),
            usual.jobConnections(),
            usual.statementTimeout());
    this.work = Pools.work(address, settings);
    this.jobs = Pools.jobs(address, settings);
    this.wakeUp = new WakeUp(Pools.owner(address));
    LedgerSettings ledger = defaults("talkmill.ledger", LedgerSettings.class);
    this.core = Core.over(new Database(work), ledger, SPOOL_BYTES, Clock.systemUTC(), wakeUp);
    this.clockwork = new Clockwork(core.database());
    this.door = new FrontDoor(core);
    Map<Stage, Integer> lanes = new EnumMap<>(LANES);
    lanes.put(Stage.TRANSCRIBE, shape.speechSlots());
    this.system =
        new JobSystem(
            core,
            wakeUp,
            new JobSystem.Worker(
                jobs,
                lanes,
                Map.of(),
                MillSteps.of(core, directory, outside).stream().map(clockwork::around).toList(),
                List.of(),
                Duration.ofSeconds(20),
                List.of(),
                new SimpleMeterRegistry(),
                () -> Runtime.getRuntime().halt(1)));
  }

  /** The settings that somebody gets who sets none. */
  static <T> T defaults(String prefix, Class<T> type) {
    return new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate(prefix, type);
  }

  Mill start() {
    wakeUp.start();
    system.start();
    return this;
  }

  /** Takes chunks in, and leaves the work to other workers of the database. */
  Mill startIntake() {
    wakeUp.start();
    return this;
  }

  Core core() {
    return core;
  }

  JobSystem system() {
    return system;
  }

  /** When stages began and ended. */
  Clockwork clockwork() {
    return clockwork;
  }

  /** Where chunks come in. */
  FrontDoor door() {
    return door;
  }

  @Override
  public void close() {
    system.close();
    wakeUp.close();
    jobs.close();
    work.close();
  }
}
