package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.storage.StorageProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DispatchedTest {

  private TestDatabase database;
  private FakeSummarizer summarizer;
  private TestWorker dispatcher;
  private Bench bench;
  private UUID conversation;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    summarizer = new FakeSummarizer();
    dispatcher = new TestWorker(database, TestWorker.withoutTimers(), summarizer);
    bench =
        new Bench(database, database.database(), TestWorker.settings(), dispatcher.core().signal());
    conversation = bench.conversation();
  }

  @AfterEach
  void stop() {
    dispatcher.close();
    database.close();
  }

  @Test
  void aJobThatAnotherProcessHasRunIsRunAgainAsItStandsNotAsItWasDispatched() {
    bench.write(conversation, "words");
    bench.finish(conversation);
    dispatcher.system().relay().runOnce(); // It only dispatches: its job server does not run yet.
    Seen.Row dispatched = row("AGGREGATE", "QUEUED");
    summarizer.failNext(Failure.of(FailureCode.PROVIDER_REJECTED, "no such model"));

    try (TestWorker other =
        new TestWorker(database, TestWorker.withoutTimers(), summarizer).start()) {
      row("SUMMARIZE", "FAILED");
      awaitJob(other.system().server().storage(), dispatched.jobId());
    }
    dispatcher.start();
    requeue(dispatched.jobId());

    assertThat(
            Await.until(
                    () -> bench.seen().conversation(conversation),
                    seen -> "ok".equals(seen.outcome()))
                .summary())
        .isEqualTo("Summary of words");
  }

  private Seen.Row row(String stage, String state) {
    return Await.until(
            () -> bench.seen().rows(conversation, stage),
            rows -> rows.stream().anyMatch(row -> row.state().equals(state)))
        .getFirst();
  }

  private static void awaitJob(StorageProvider storage, UUID job) {
    Await.until(() -> storage.getJobById(job).getState().name(), "FAILED"::equals);
  }

  /** As the dashboard does. */
  private void requeue(UUID id) {
    StorageProvider storage = dispatcher.system().server().storage();
    Job job = storage.getJobById(id);
    job.enqueue();
    storage.save(job);
    dispatcher.system().server().nudge();
  }
}
