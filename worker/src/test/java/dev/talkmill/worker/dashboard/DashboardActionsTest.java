package dev.talkmill.worker.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DashboardActionsTest {

  /** As TestWorker has them. */
  private static final int SUMMARIZE_LANES = 4;

  private final List<String> audit = new CopyOnWriteArrayList<>();
  private TestDatabase database;
  private FakeSummarizer summarizer;
  private TestWorker worker;
  private Dashboard dashboard;
  private Browser browser;
  private Home home;
  private Seen seen;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    summarizer = new FakeSummarizer();
    worker = new TestWorker(database, summarizer);
    dashboard =
        new Dashboard(
            worker.system().server().storage(),
            worker.system().server().json(),
            0,
            "admin",
            "secret",
            action -> {
              audit.add(action);
              worker.system().server().nudge();
            });
    dashboard.start();
    browser = new Browser(dashboard.uri(), "admin", "secret");
    home = database.home();
    seen = new Seen(database.database(), home);
  }

  @AfterEach
  void stop() {
    browser.close();
    dashboard.close();
    worker.close();
    database.close();
  }

  @Test
  void requeueOfAFailedJobMakesTheSummaryThatItFailedOn() {
    worker.start();
    UUID conversation = failed();
    UUID job = failedRow(conversation).jobId();
    HttpResponse<String> shown = browser.send("GET", "/api/jobs?state=FAILED&limit=20&offset=0");
    assertThat(shown.body())
        .contains(job.toString())
        .contains("SUMMARIZE: provider_rejected: no such model")
        .contains("requeue to try again");

    assertThat(act("POST", job, "/requeue")).isEqualTo(204);

    Seen.Conversation settled =
        Await.until(() -> seen.conversation(conversation), one -> "ok".equals(one.outcome()));
    assertThat(settled.summary()).isEqualTo("Summary of words");
    assertThat(Await.until(() -> List.copyOf(audit), lines -> !lines.isEmpty()))
        .containsExactly("POST /api/jobs/" + job + "/requeue by admin: 204");
  }

  @Test
  void requeueOfAnAttemptThatWaitsRunsItNow() {
    worker.start();
    UUID conversation = conversation();
    summarizer.failNext(
        new Failure(FailureCode.PROVIDER_RATE_LIMITED, "slow down", Duration.ofHours(1)));
    finish(conversation);
    Seen.Row waiting =
        Await.until(
            () -> only(seen.rows(conversation, "SUMMARIZE")),
            row -> row != null && row.state().equals("PENDING") && row.attempts() == 1);
    awaitJob(waiting.jobId(), "FAILED");

    assertThat(act("POST", waiting.jobId(), "/requeue")).isEqualTo(204);

    assertThat(seen.settled(conversation).summary()).isEqualTo("Summary of words");
  }

  @Test
  void aDeletedFailedJobLeavesTheRowFailedAndReadyForAnOperator() {
    worker.start();
    UUID conversation = failed();
    Seen.Row row = failedRow(conversation);

    assertThat(act("DELETE", row.jobId(), "")).isEqualTo(204);

    assertThat(seen.rows(conversation, "SUMMARIZE")).containsExactly(row);
    worker.core().steering().requeue(home.tenant(), row.id());
    assertThat(
            Await.until(() -> seen.conversation(conversation), one -> "ok".equals(one.outcome()))
                .summary())
        .isEqualTo("Summary of words");
  }

  @Test
  void theWorkOfADeletedQueuedJobIsScheduledAgain() {
    UUID conversation = conversation();
    finish(conversation);
    assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
    Seen.Row queued = only(seen.rows(conversation, "AGGREGATE"));
    assertThat(queued.state()).isEqualTo("QUEUED");

    assertThat(act("DELETE", queued.jobId(), "")).isEqualTo(204);
    assertThat(only(seen.rows(conversation, "AGGREGATE")).state()).isEqualTo("QUEUED");
    worker.start();

    assertThat(seen.settled(conversation).summary()).isEqualTo("Summary of words");
    Seen.Row done = only(seen.rows(conversation, "AGGREGATE"));
    assertThat(done.id()).isEqualTo(queued.id());
    assertThat(done.jobId()).isNotEqualTo(queued.jobId());
  }

  @Test
  void theWorkOfAJobThatIsDeletedWhileItRunsIsDoneByAnother() throws InterruptedException {
    worker.start();
    UUID conversation = conversation();
    CountDownLatch inside = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    summarizer.during(() -> {
      if (calls.incrementAndGet() == 1) {
        inside.countDown();
        parkUntilInterrupted();
      }
    });
    finish(conversation);
    assertThat(inside.await(2, TimeUnit.MINUTES)).isTrue();
    Seen.Row running = only(seen.rows(conversation, "SUMMARIZE"));

    assertThat(act("DELETE", running.jobId(), "")).isEqualTo(204);

    assertThat(seen.settled(conversation).summary()).isEqualTo("Summary of words");
    Seen.Row done = only(seen.rows(conversation, "SUMMARIZE"));
    assertThat(done.jobId()).isNotEqualTo(running.jobId());
    assertThat(done.attempts()).isEqualTo(1);
  }

  @Test
  void aRequeueOfWorkThatHasEndedDoesNothing() {
    worker.start();
    UUID conversation = conversation();
    finish(conversation);
    seen.settled(conversation);
    Seen.Row done = only(seen.rows(conversation, "SUMMARIZE"));
    awaitJob(done.jobId(), "SUCCEEDED");

    assertThat(act("POST", done.jobId(), "/requeue")).isEqualTo(204);

    awaitJob(done.jobId(), "SUCCEEDED");
    assertThat(seen.rows(conversation, "SUMMARIZE")).containsExactly(done);
    assertThat(summarizer.asked()).hasSize(1);
  }

  @Test
  void aRequeueThatFindsNoRoomIsSeenToWaitAndRunsWhenThereIsRoom() {
    worker.start();
    UUID conversation = failed();
    Seen.Row row = failedRow(conversation);
    CountDownLatch goOn = new CountDownLatch(1);
    summarizer.during(() -> await(goOn));
    for (int i = 0; i < SUMMARIZE_LANES; i++) {
      finish(conversation());
    }
    Await.until(() -> summarizer.asked().size(), asked -> asked == 1 + SUMMARIZE_LANES);

    assertThat(act("POST", row.jobId(), "/requeue")).isEqualTo(204);

    Await.until(
        () -> browser.send("GET", "/api/jobs/" + row.jobId()).body(),
        body -> body.contains("SUMMARIZE found no room to run now; it is due again"));
    assertThat(seen.rows(conversation, "SUMMARIZE").getFirst().state()).isEqualTo("CANCELLED");
    goOn.countDown();
    Await.until(() -> seen.conversation(conversation), one -> "ok".equals(one.outcome()));
  }

  @Test
  void aRequeueOfAWaitingAttemptThatFindsNoRoomIsNotShownAsDone() {
    worker.start();
    UUID conversation = conversation();
    summarizer.failNext(
        new Failure(FailureCode.PROVIDER_RATE_LIMITED, "slow down", Duration.ofHours(1)));
    finish(conversation);
    Seen.Row waiting =
        Await.until(
            () -> only(seen.rows(conversation, "SUMMARIZE")),
            row -> row != null && row.state().equals("PENDING") && row.attempts() == 1);
    awaitJob(waiting.jobId(), "FAILED");
    CountDownLatch goOn = new CountDownLatch(1);
    summarizer.during(() -> await(goOn));
    for (int i = 0; i < SUMMARIZE_LANES; i++) {
      finish(conversation());
    }
    Await.until(() -> summarizer.asked().size(), asked -> asked == 1 + SUMMARIZE_LANES);

    assertThat(act("POST", waiting.jobId(), "/requeue")).isEqualTo(204);

    Await.until(
        () -> browser.send("GET", "/api/jobs/" + waiting.jobId()).body(),
        body -> body.contains("SUMMARIZE found no room to run now; it runs when it is due."));
    awaitJob(waiting.jobId(), "FAILED");
    assertThat(only(seen.rows(conversation, "SUMMARIZE"))).isEqualTo(waiting);
    goOn.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(2, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void parkUntilInterrupted() {
    try {
      new CountDownLatch(1).await(2, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private UUID failed() {
    UUID conversation = conversation();
    summarizer.failNext(Failure.of(FailureCode.PROVIDER_REJECTED, "no such model"));
    finish(conversation);
    assertThat(seen.settled(conversation).outcome()).isEqualTo("partial");
    awaitJob(failedRow(conversation).jobId(), "FAILED");
    return conversation;
  }

  private Seen.Row failedRow(UUID conversation) {
    Seen.Row row = seen.rows(conversation, "SUMMARIZE").getFirst();
    assertThat(row.state()).isEqualTo("FAILED");
    return row;
  }

  /** The ledger is written before JobRunr's row. */
  private void awaitJob(UUID job, String state) {
    Await.until(
        () -> browser.send("GET", "/api/jobs?state=" + state + "&limit=20&offset=0").body(),
        body -> body.contains(job.toString()));
  }

  private int act(String method, UUID job, String action) {
    String origin = "http://127.0.0.1:" + dashboard.uri().getPort();
    return browser.send(method, "/api/jobs/" + job + action, "Origin", origin).statusCode();
  }

  private UUID conversation() {
    UUID conversation = database.conversation(home);
    NewText text =
        new NewText(home.tenant(), conversation, null, null, "words", "0".repeat(64), null);
    assertThat(worker.core().intake().accept(text)).isInstanceOf(Accepted.Taken.class);
    return conversation;
  }

  private void finish(UUID conversation) {
    assertThat(worker.core().steering().finish(home.tenant(), conversation, null)).isTrue();
  }

  private static Seen.Row only(List<Seen.Row> rows) {
    assertThat(rows).hasSizeLessThan(2);
    return rows.isEmpty() ? null : rows.getFirst();
  }
}
