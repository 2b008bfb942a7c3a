package dev.talkmill.worker.wiring;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.SpeechSettings;
import dev.talkmill.config.SummarySettings;
import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.stage.AggregateStep;
import dev.talkmill.jobs.stage.EarlySlices;
import dev.talkmill.jobs.stage.EraseStep;
import dev.talkmill.jobs.stage.Parts;
import dev.talkmill.jobs.stage.PrepareStep;
import dev.talkmill.jobs.stage.ProviderCalls;
import dev.talkmill.jobs.stage.Recordings;
import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.stage.StoreStep;
import dev.talkmill.jobs.stage.SummarizeStep;
import dev.talkmill.jobs.stage.TranscribeStep;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.worker.audio.ChildDecoder;
import dev.talkmill.worker.audio.WavFiles;
import dev.talkmill.worker.circuit.CircuitedSpeechEngine;
import dev.talkmill.worker.circuit.CircuitedSummarizer;
import dev.talkmill.worker.circuit.ProviderCircuit;
import dev.talkmill.worker.settings.Settings;
import dev.talkmill.worker.speech.OpenAiSpeechEngine;
import dev.talkmill.worker.speech.SphinxEngine;
import dev.talkmill.worker.summary.OpenAiSummarizer;
import dev.talkmill.worker.summary.TextRankSummarizer;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jobrunr.jobs.filters.JobFilter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The stages, the engines behind them, and the system that runs them. */
@Configuration(proxyBeanMethods = false)
class PipelineWiring {

  /** Joining transcripts needs the database alone. */
  private static final int AGGREGATE_SLOTS = 8;

  private static final int ERASE_SLOTS = 2;
  private static final int OPENAI_SPEECH_SLOTS = 64;
  private static final int OPENAI_SUMMARY_SLOTS = 16;

  @Bean
  Core core(Database database, Settings settings, Clock clock, WakeUp wakeUp) {
    return Core.over(
        database, settings.ledger(), settings.intake().spoolBytesMax().toBytes(), clock, wakeUp);
  }

  @Bean
  Scratch scratch(Settings settings, Clock clock) {
    return new Scratch(scratchRoot(settings).resolve("stages"), clock);
  }

  @Bean
  AudioDecoder audioDecoder(Settings settings) {
    return new ChildDecoder(settings.audio(), scratchRoot(settings).resolve("decoder"));
  }

  private static Path scratchRoot(Settings settings) {
    return settings.process().dataDir().resolve("scratch");
  }

  /** How long a provider that does not answer is left alone before it is probed. */
  private static final Duration CIRCUIT_OPEN = Duration.ofSeconds(30);

  @Bean
  Engines engines(Settings settings, Clock clock, MeterRegistry meters) {
    Outside outside = new Outside(new EnumMap<>(Stage.class), new ArrayList<>());
    return new Engines(
        speech(settings.speech(), clock, meters, outside),
        summarizer(settings.summary(), clock, meters, outside),
        outside);
  }

  /** The engines of this process. */
  record Engines(SpeechEngine speech, Summarizer summarizer, Outside outside)
      implements AutoCloseable {
    @Override
    public void close() {
      outside.closers().forEach(Runnable::run);
    }
  }

  /** What comes with engines outside of the process: gates before their stages, and connections. */
  record Outside(Map<Stage, IntUnaryOperator> gates, List<Runnable> closers) {
    void add(Stage stage, ProviderCircuit circuit, Runnable closer) {
      gates.put(stage, circuit::places);
      closers.add(closer);
    }
  }

  private static SpeechEngine speech(
      SpeechSettings speech, Clock clock, MeterRegistry meters, Outside outside) {
    return switch (speech.provider()) {
      case OFFLINE -> new SphinxEngine(slots(speech));
      case OPENAI -> {
        OpenAiSpeechEngine engine =
            new OpenAiSpeechEngine(
                requireNonNull(speech.openai(), "talkmill.speech.openai"), clock);
        ProviderCircuit circuit = new ProviderCircuit("speech:openai", CIRCUIT_OPEN, meters);
        outside.add(Stage.TRANSCRIBE, circuit, engine::close);
        yield new CircuitedSpeechEngine(engine, circuit);
      }
    };
  }

  private static Summarizer summarizer(
      SummarySettings summary, Clock clock, MeterRegistry meters, Outside outside) {
    return switch (summary.provider()) {
      case OFFLINE -> new TextRankSummarizer();
      case OPENAI -> {
        OpenAiSummarizer engine =
            new OpenAiSummarizer(
                requireNonNull(summary.openai(), "talkmill.summary.openai"),
                summary.contextTokens(),
                clock);
        ProviderCircuit circuit = new ProviderCircuit("summary:openai", CIRCUIT_OPEN, meters);
        outside.add(Stage.SUMMARIZE, circuit, engine::close);
        yield new CircuitedSummarizer(engine, circuit);
      }
    };
  }

  @Bean
  Recordings recordings(
      Core core, ObjectStore store, AudioDecoder decoder, Scratch scratch, Settings settings) {
    int decoders = orElse(settings.audio().slots(), Runtime.getRuntime().availableProcessors());
    return new Recordings(core.database(), core.chunks(), store, decoder, scratch, decoders);
  }

  @Bean
  ProviderCalls providerCalls(Core core, MeterRegistry meters) {
    return new ProviderCalls(core.database(), core.clock(), meters);
  }

  @Bean
  StageStep storeStep(Core core, ObjectStore store, Scratch scratch) {
    return new StoreStep(core.database(), core.chunks(), core.conversations(), store, scratch);
  }

  @Bean
  StageStep prepareStep(
      Core core, ObjectStore store, Recordings recordings, Scratch scratch, Settings settings) {
    return new PrepareStep(
        core.database(),
        core.chunks(),
        core.conversations(),
        recordings,
        new Parts(core.chunks(), core.ledger(), store, WavFiles::cut, scratch),
        new EarlySlices(core.database(), core.chunks(), core.conversations(), core.ledger()),
        scratch,
        settings.audio().splitAfter(),
        settings.audio().partLength());
  }

  @Bean
  StageStep transcribeStep(
      Core core,
      Recordings recordings,
      ProviderCalls calls,
      Engines engines,
      Scratch scratch,
      Settings settings) {
    return new TranscribeStep(
        core.database(),
        core.chunks(),
        core.results(),
        new ProjectSettings(core.database()),
        core.conversations(),
        recordings,
        calls,
        engines.speech(),
        new TranscribeStep.Limits(
            settings.speech().timeoutBase(), settings.speech().timeoutPerSecond()),
        scratch);
  }

  @Bean
  StageStep aggregateStep(Core core) {
    return new AggregateStep(
        core.database(), core.results(), core.transcripts(), core.conversations());
  }

  @Bean
  StageStep summarizeStep(Core core, ProviderCalls calls, Engines engines, Settings settings) {
    return new SummarizeStep(
        core.database(),
        core.transcripts(),
        new ProjectSettings(core.database()),
        core.conversations(),
        calls,
        engines.summarizer(),
        settings.summary().timeout());
  }

  @Bean
  StageStep eraseStep(Core core, ObjectStore store) {
    return new EraseStep(core.database(), store);
  }

  @Bean
  Erasing erasing(Core core, ObjectStore store) {
    return new Erasing(
        core.database(), core.conversations(), core.ledger(), core.clock(), store::callLimit);
  }

  @Bean
  Sweep scratchSweep(Scratch scratch) {
    return new ScratchSweep(scratch);
  }

  @Bean
  JobSystem jobSystem(
      Core core,
      WakeUp wakeUp,
      HikariDataSource jobPool,
      List<StageStep> steps,
      ObjectProvider<JobFilter> filters,
      List<Sweep> moreSweeps,
      Engines engines,
      MeterRegistry meters,
      Settings settings) {
    return new JobSystem(
        core,
        wakeUp,
        new JobSystem.Worker(
            jobPool,
            lanes(settings),
            engines.outside().gates(),
            steps,
            filters.orderedStream().toList(),
            settings.process().drain(),
            moreSweeps,
            meters,
            () -> Runtime.getRuntime().halt(1)));
  }

  static Map<Stage, Integer> lanes(Settings settings) {
    int cores = Runtime.getRuntime().availableProcessors();
    Map<Stage, Integer> lanes = new EnumMap<>(Stage.class);
    lanes.put(Stage.STORE, settings.storage().slots());
    lanes.put(Stage.PREPARE, orElse(settings.audio().slots(), cores));
    lanes.put(Stage.TRANSCRIBE, slots(settings.speech()));
    lanes.put(Stage.AGGREGATE, AGGREGATE_SLOTS);
    lanes.put(Stage.SUMMARIZE, slots(settings.summary()));
    lanes.put(Stage.ERASE, ERASE_SLOTS);
    return lanes;
  }

  private static int slots(SpeechSettings speech) {
    return orElse(
        speech.slots(),
        switch (speech.provider()) {
          case OFFLINE -> Runtime.getRuntime().availableProcessors();
          case OPENAI -> OPENAI_SPEECH_SLOTS;
        });
  }

  private static int slots(SummarySettings summary) {
    return orElse(
        summary.slots(),
        switch (summary.provider()) {
          case OFFLINE -> Runtime.getRuntime().availableProcessors();
          case OPENAI -> OPENAI_SUMMARY_SLOTS;
        });
  }

  private static int orElse(int given, int otherwise) {
    return given == 0 ? otherwise : given;
  }
}
