package dev.talkmill.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.queue.ConversationJourney;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.junit.jupiter.api.Test;

class JobTimerTest {

  private static final Duration STEP = Duration.ofSeconds(2);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** Work that fails if it is told to. */
  public record Foreign(boolean fails) implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
      return Handler.class;
    }

    /** Runs it. */
    public static final class Handler implements JobRequestHandler<Foreign> {
      @Override
      public void run(Foreign request) {
        if (request.fails()) {
          throw new IllegalStateException("as told");
        }
      }
    }
  }

  @Test
  void jobsAreTimedByResultAndAForeignClassMakesNoLabel() {
    try (InMemoryStorageProvider storage = new InMemoryStorageProvider()) {
      Jackson3JsonMapper json = new Jackson3JsonMapper();
      storage.setJobMapper(new JobMapper(json));
      BackgroundJobServer server =
          new BackgroundJobServer(
              storage,
              json,
              handlers(),
              usingStandardBackgroundJobServerConfiguration()
                  .andPollInterval(Duration.ofMillis(200))
                  .andWorkerCount(2));
      server.setJobFilters(List.of(new JobTimer(meters, System::nanoTime)));
      storage.save(job(new Foreign(false)));
      storage.save(job(new Foreign(true)));
      server.start();
      try {
        Await.until(() -> timer("other", "succeeded"), timer -> timer != null);
        Await.until(() -> timer("other", "failed"), timer -> timer != null);
      } finally {
        server.stop();
      }
    }
  }

  @Test
  void theTimeIsThatBetweenBeginAndEnd() {
    long[] now = {0};
    JobTimer timer = new JobTimer(meters, () -> now[0]);
    Job job = job(new ConversationJourney(UUID.randomUUID(), UUID.randomUUID(), 1));
    timer.onProcessing(job);
    now[0] += STEP.toNanos();
    timer.onProcessingSucceeded(job);

    Timer timed = timer("ConversationJourney", "succeeded");
    assertThat(timed.totalTime(TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(timed.count()).isEqualTo(1);
  }

  @Test
  void stagesAreTimedByTheirResult() {
    try (TestDatabase database = TestDatabase.fresh()) {
      FakeSummarizer summarizer = new FakeSummarizer();
      summarizer.failNext(Failure.of(FailureCode.PROVIDER_UNAVAILABLE, "503"));
      try (TestWorker worker = new TestWorker(database, summarizer).start()) {
        var home = database.home();
        UUID conversation = database.conversation(home);
        worker
            .core()
            .intake()
            .accept(
                new NewText(home.tenant(), conversation, null, null, "a", "0".repeat(64), null));
        worker.core().steering().finish(home.tenant(), conversation, null);
        new Seen(database.database(), home).settled(conversation);

        Await.until(
            () -> worker.meters().find("talkmill.stage.duration").timers().size(),
            timers -> timers == 3);
        assertThat(worker.meters().find("talkmill.stage.duration").timers())
            .extracting(
                timer -> timer.getId().getTag("stage") + " " + timer.getId().getTag("result"))
            .containsExactlyInAnyOrder("AGGREGATE done", "SUMMARIZE retry", "SUMMARIZE done");
      }
    }
  }

  private static Job job(JobRequest request) {
    Job job = new Job(new JobDetails(request));
    job.setAmountOfRetries(0);
    return job;
  }

  private Timer timer(String job, String result) {
    return meters.find("talkmill.job.duration").tags("job", job, "result", result).timer();
  }

  private static JobActivator handlers() {
    return new JobActivator() {
      @Override
      public <T> T activateJob(Class<T> type) {
        return type.cast(new Foreign.Handler());
      }
    };
  }
}
