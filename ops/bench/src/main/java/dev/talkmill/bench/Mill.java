package dev.talkmill.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.AudioSettings;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewChunk;
import dev.talkmill.jobs.intake.NewConversation;
import dev.talkmill.jobs.intake.OpenConversation;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.stage.AggregateStep;
import dev.talkmill.jobs.stage.EarlySlices;
import dev.talkmill.jobs.stage.Parts;
import dev.talkmill.jobs.stage.PrepareStep;
import dev.talkmill.jobs.stage.ProviderCalls;
import dev.talkmill.jobs.stage.Recordings;
import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.stage.StoreStep;
import dev.talkmill.jobs.stage.SummarizeStep;
import dev.talkmill.jobs.stage.TranscribeStep;
import dev.talkmill.jobs.tenant.Project;
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.jobs.tenant.Projects;
import dev.talkmill.jobs.tenant.Tenants;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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

  private static final Duration CALL = Duration.ofMinutes(5);
  private static final long SPOOL_BYTES = 4L << 30;
  private static final byte[] EBML = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3};
  static final byte[] SLICE = slice();
  static final String SLICE_SHA256 = sha256(SLICE);

  private final HikariDataSource work;
  private final HikariDataSource jobs;
  private final WakeUp wakeUp;
  private final Core core;
  private final JobSystem system;
  private final Clockwork clockwork;

  /**
   * @param speechSlots provider calls at once
   */
  record Shape(Duration speechDelay, int speechSlots) {
    static Shape usual() {
      return new Shape(Duration.ZERO, 64);
    }
  }

  /** What the pipeline has no part in. */
  record Outside(
      ObjectStore store, AudioDecoder decoder, SpeechEngine speech, Summarizer summarizer) {

    /** All of it faked, at no cost but the delay of the speech engine. */
    static Outside faked(Duration speechDelay) {
      return new Outside(
          Fakes.store(), Fakes.decoder(), Fakes.speech(speechDelay), Fakes.summarizer());
    }
  }

  Mill(Address address, Path directory, Shape shape) {
    this(address, directory, shape.speechSlots(), Outside.faked(shape.speechDelay()));
  }

  Mill(Address address, Path directory, int speechSlots, Outside outside) {
    DatabaseSettings settings = defaults("talkmill.database", DatabaseSettings.class);
    this.work = Pools.work(address, settings);
    this.jobs = Pools.jobs(address, settings);
    this.wakeUp = new WakeUp(Pools.owner(address));
    LedgerSettings ledger = defaults("talkmill.ledger", LedgerSettings.class);
    this.core = Core.over(new Database(work), ledger, SPOOL_BYTES, Clock.systemUTC(), wakeUp);
    this.clockwork = new Clockwork(core.database());
    Map<Stage, Integer> lanes = new EnumMap<>(LANES);
    lanes.put(Stage.TRANSCRIBE, speechSlots);
    this.system =
        new JobSystem(
            core,
            wakeUp,
            new JobSystem.Worker(
                jobs,
                lanes,
                Map.of(),
                steps(directory, outside).stream().map(clockwork::around).toList(),
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

  private List<StageStep> steps(Path directory, Outside outside) {
    ObjectStore store = outside.store();
    AudioSettings audio = defaults("talkmill.audio", AudioSettings.class);
    Scratch scratch = new Scratch(directory, core.clock());
    ProviderCalls calls =
        new ProviderCalls(core.database(), core.clock(), new SimpleMeterRegistry());
    Recordings recordings =
        new Recordings(core.database(), core.chunks(), store, outside.decoder(), scratch, 64);
    return List.of(
        new StoreStep(core.database(), core.chunks(), core.conversations(), store, scratch),
        new PrepareStep(
            core.database(),
            core.chunks(),
            core.conversations(),
            recordings,
            new Parts(core.chunks(), core.ledger(), store, Mill::noCut, scratch),
            new EarlySlices(core.database(), core.chunks(), core.conversations(), core.ledger()),
            scratch,
            audio.splitAfter(),
            audio.partLength()),
        new TranscribeStep(
            core.database(),
            core.chunks(),
            core.results(),
            new ProjectSettings(core.database()),
            core.conversations(),
            recordings,
            calls,
            outside.speech(),
            new TranscribeStep.Limits(CALL, Duration.ofSeconds(4)),
            scratch),
        new AggregateStep(
            core.database(), core.results(), core.transcripts(), core.conversations()),
        new SummarizeStep(
            core.database(),
            core.transcripts(),
            new ProjectSettings(core.database()),
            core.conversations(),
            calls,
            outside.summarizer(),
            CALL));
  }

  private static void noCut(Path wav, double start, double end, Path target) {
    throw new IllegalStateException("ten seconds are never cut");
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

  /** A tenant with one project. */
  record Home(UUID tenant, UUID project) {}

  Home home(String name) {
    UUID tenant = new Tenants(core.database(), core.clock()).create(name).id();
    UUID project = UUID.randomUUID();
    new Projects(core.database())
        .put(tenant, project, new Project.Wishes(name, "en", List.of(), false, false));
    return new Home(tenant, project);
  }

  UUID conversation(Home home) {
    return new OpenConversation(core.database(), core.clock())
        .open(new NewConversation(home.tenant(), home.project(), null, null, List.of()))
        .orElseThrow();
  }

  /** Takes a slice of 16 KiB in; durable when it returns. */
  UUID accept(Home home, UUID conversation, ChunkSource source) {
    core.spool().refresh();
    Accepted accepted =
        core.intake()
            .accept(
                new NewChunk(
                    home.tenant(),
                    conversation,
                    source,
                    null,
                    null,
                    "audio/webm",
                    SLICE.length,
                    SLICE_SHA256,
                    () -> new ByteArrayInputStream(SLICE),
                    null));
    if (accepted instanceof Accepted.Taken taken) {
      return taken.chunk().id();
    }
    throw new IllegalStateException("not taken: " + accepted);
  }

  void finish(Home home, UUID conversation) {
    if (!core.steering().finish(home.tenant(), conversation, null)) {
      throw new IllegalStateException("no such conversation");
    }
  }

  /** Begins as a WebM file does, so that nobody looks for the head of an earlier slice. */
  private static byte[] slice() {
    byte[] bytes = new byte[16 * 1024];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    System.arraycopy(EBML, 0, bytes, 0, EBML.length);
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    system.close();
    wakeUp.close();
    jobs.close();
    work.close();
  }
}
