package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.states.StateName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What we rely on although JobRunr does not promise it. The version is pinned; this is why. */
class JobRunrTest {

  private static TestDatabase database;
  private static FakeSummarizer summarizer;
  private static TestWorker worker;

  /** Somebody else's class, as a row that was written into JobRunr's table may name one. */
  public static final class Foreign {

    public static final Foreign INSTANCE = new Foreign();
    private static final AtomicInteger RUNS = new AtomicInteger();

    public void run() {
      RUNS.incrementAndGet();
    }

    public static void runStatically() {
      RUNS.incrementAndGet();
    }
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    summarizer = new FakeSummarizer();
    worker = new TestWorker(database, TestWorker.withoutTimers(), summarizer).start();
  }

  @AfterAll
  static void stop() {
    worker.close();
    database.close();
  }

  @Test
  void aNudgeMakesAnIdleServerAskForWorkWithoutWaitingForItsPoll() {
    JobServer server = worker.system().server();
    Await.until(server::asked, asked -> asked > 0);
    // In the time that is waited at the most, polls alone would ask seven times.
    for (int nudge = 0; nudge < 20; nudge++) {
      long before = server.asked();
      server.nudge();
      Await.until(server::asked, asked -> asked > before);
    }
  }

  @Test
  void aJobOfAForeignClassIsNeverRun() {
    String type = Foreign.class.getName();
    assertRefused(new JobDetails(type, null, "run", List.of()));
    assertRefused(new JobDetails(type, "INSTANCE", "run", List.of()));
    assertRefused(new JobDetails(type, null, "runStatically", List.of()));
    assertRefused(new JobDetails("java.lang.System", null, "gc", List.of()));
    assertRefused(new JobDetails("java.lang.System", "out", "println", List.of()));
    assertThat(Foreign.RUNS).hasValue(0);
  }

  private static void assertRefused(JobDetails details) {
    JobServer server = worker.system().server();
    Job job = new Job(UUID.randomUUID(), details);
    job.setJobName("foreign");
    server.storage().save(job);
    server.nudge();
    Job ended =
        Await.until(
            () -> server.storage().getJobById(job.getId()),
            seen -> !List.of(StateName.ENQUEUED, StateName.PROCESSING).contains(seen.getState()));
    assertThat(ended.getState()).isEqualTo(StateName.FAILED);
    assertThat(ended.getJobStates()).noneMatch(s -> s.getName() == StateName.SCHEDULED);
  }

  @Test
  void aFailedAttemptShowsAsFailedAndJobRunrDoesNotRepeatIt() {
    Bench bench =
        new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    UUID conversation = bench.conversation();
    summarizer.failNext(Failure.of(FailureCode.PROVIDER_REJECTED, "no such model"));
    bench.write(conversation, "hello");
    bench.finish(conversation);
    assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("partial");

    UUID id = bench.seen().rows(conversation, "SUMMARIZE").getFirst().jobId();
    Job job =
        Await.until(
            () -> worker.system().server().storage().getJobById(id),
            seen -> seen.getState() == StateName.FAILED);
    assertThat(job.getAmountOfRetries()).isZero();
    assertThat(job.getJobStates()).noneMatch(state -> state.getName() == StateName.SCHEDULED);
    assertThat(job.getJobState().toString()).isNotEmpty();
  }

  @Test
  void aRequeueOfTheJobInTheDashboardRunsTheFailedRowAgain() {
    Bench bench =
        new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    UUID conversation = bench.conversation();
    summarizer.failNext(Failure.of(FailureCode.PROVIDER_REJECTED, "no such model"));
    bench.write(conversation, "again");
    bench.finish(conversation);
    bench.seen().settled(conversation);
    UUID id = bench.seen().rows(conversation, "SUMMARIZE").getFirst().jobId();
    JobServer server = worker.system().server();
    Job job =
        Await.until(
            () -> server.storage().getJobById(id), seen -> seen.getState() == StateName.FAILED);

    job.enqueue();
    server.storage().save(job);
    server.nudge();

    Await.until(() -> bench.seen().conversation(conversation), seen -> "ok".equals(seen.outcome()));
    assertThat(bench.seen().conversation(conversation).summary()).isEqualTo("Summary of again");
  }

  @Test
  void aServerThatStoppedForGoodIsStartedAgainAndGoesOn() {
    Bench bench =
        new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    UUID conversation = bench.conversation();
    worker.system().server().stop();
    bench.write(conversation, "while it was down");
    bench.finish(conversation);
    assertThat(bench.seen().settled(conversation).summary())
        .isEqualTo("Summary of while it was down");
    assertThat(worker.system().server().isRunning()).isTrue();
  }
}
