package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.JobSystem.Core;
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
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.pipeline.store.ObjectStore;
import java.time.Duration;
import java.util.List;

/** All stages as a worker has them, over simulated ports. */
final class Steps {

  private static final Duration SPLIT_AFTER = Duration.ofMinutes(20);
  static final Duration PART = Duration.ofMinutes(15);
  private static final Duration CALL = Duration.ofMinutes(1);

  private Steps() {}

  /**
   * The steps of one process.
   *
   * @param place where it keeps its scratch files; a process of the same name finds them again
   */
  static List<StageStep> of(Core core, Ground ground, String place) {
    ObjectStore bucket = ground.bucket();
    Outside outside = ground.outside();
    Scratch scratch = new Scratch(ground.scratch().resolve(place), core.clock());
    Recordings recordings =
        new Recordings(core.database(), core.chunks(), bucket, outside.decoder(), scratch, 1);
    ProjectSettings projects = new ProjectSettings(core.database());
    ProviderCalls calls = new ProviderCalls(core.database(), core.clock(), ground.meters());
    return List.of(
        new StoreStep(core.database(), core.chunks(), core.conversations(), bucket, scratch),
        new PrepareStep(
            core.database(),
            core.chunks(),
            core.conversations(),
            recordings,
            new Parts(core.chunks(), core.ledger(), bucket, Outside::cut, scratch),
            new EarlySlices(core.database(), core.chunks(), core.conversations(), core.ledger()),
            scratch,
            SPLIT_AFTER,
            PART),
        new TranscribeStep(
            core.database(),
            core.chunks(),
            core.results(),
            projects,
            core.conversations(),
            recordings,
            calls,
            outside.speech(),
            new TranscribeStep.Limits(CALL, Duration.ofSeconds(1)),
            scratch),
        new AggregateStep(
            core.database(), core.results(), core.transcripts(), core.conversations()),
        new SummarizeStep(
            core.database(),
            core.transcripts(),
            projects,
            core.conversations(),
            calls,
            outside.summarizer(),
            CALL),
        new EraseStep(core.database(), bucket));
  }
}
