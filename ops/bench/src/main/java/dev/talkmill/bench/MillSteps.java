package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Outside;
import dev.talkmill.config.AudioSettings;
import dev.talkmill.jobs.JobSystem.Core;
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
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.pipeline.store.ObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The stages of a worker, all of them real. */
final class MillSteps {

  private static final Duration CALL = Duration.ofMinutes(5);

  private MillSteps() {}

  static List<StageStep> of(Core core, Path directory, Outside outside) {
    ObjectStore store = outside.store();
    AudioSettings audio = Mill.defaults("talkmill.audio", AudioSettings.class);
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
            new Parts(core.chunks(), core.ledger(), store, MillSteps::noCut, scratch),
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
}
