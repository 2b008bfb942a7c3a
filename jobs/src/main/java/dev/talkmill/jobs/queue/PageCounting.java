package dev.talkmill.jobs.queue;

import java.util.concurrent.atomic.AtomicLong;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.configuration.BackgroundJobServerWorkerPolicy;
import org.jobrunr.server.strategy.BasicWorkDistributionStrategy;
import org.jobrunr.server.strategy.WorkDistributionStrategy;
import org.jobrunr.server.threadpool.JobRunrExecutor;
import org.jobrunr.server.threadpool.VirtualThreadJobRunrExecutor;
import org.jobrunr.storage.navigation.AmountRequest;

/** Virtual threads, and a count of how often JobRunr has asked for work. */
final class PageCounting implements BackgroundJobServerWorkerPolicy {

  private final int workers;
  private final AtomicLong asked = new AtomicLong();

  PageCounting(int workers) {
    this.workers = workers;
  }

  /**
   * How often work was asked for. An answer may have been read before the count was seen to rise.
   */
  long asked() {
    return asked.get();
  }

  @Override
  public WorkDistributionStrategy toWorkDistributionStrategy(BackgroundJobServer server) {
    BasicWorkDistributionStrategy basic = new BasicWorkDistributionStrategy(server, workers);
    return new WorkDistributionStrategy() {
      @Override
      public int getWorkerCount() {
        return workers;
      }

      @Override
      public AmountRequest getWorkPageRequest() {
        asked.incrementAndGet();
        return basic.getWorkPageRequest();
      }
    };
  }

  @Override
  public JobRunrExecutor toJobRunrExecutor() {
    return new VirtualThreadJobRunrExecutor(workers);
  }
}
