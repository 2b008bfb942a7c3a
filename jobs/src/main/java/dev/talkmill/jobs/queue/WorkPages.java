package dev.talkmill.jobs.queue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.configuration.BackgroundJobServerWorkerPolicy;
import org.jobrunr.server.strategy.BasicWorkDistributionStrategy;
import org.jobrunr.server.strategy.WorkDistributionStrategy;
import org.jobrunr.server.threadpool.JobRunrExecutor;
import org.jobrunr.server.threadpool.VirtualThreadJobRunrExecutor;
import org.jobrunr.storage.navigation.AmountRequest;

/**
 * Virtual threads, and when JobRunr asks for work: it would ask each time a worker becomes idle.
 * What the last answer has left empty is not asked for again for a moment, unless a nudge says that
 * there is something.
 */
final class WorkPages implements BackgroundJobServerWorkerPolicy {

  private static final long EMPTY_NANOS = Duration.ofMillis(20).toNanos();
  private static final AmountRequest NOTHING = new AmountRequest("updatedAt:ASC", 0);

  private final int workers;
  private final LongSupplier nanoTime;
  private final AtomicLong asked = new AtomicLong();
  private volatile boolean wanted;
  private volatile boolean empty;
  private volatile long emptySince;

  WorkPages(int workers, LongSupplier nanoTime) {
    this.workers = workers;
    this.nanoTime = nanoTime;
  }

  /**
   * How often work was asked for. An answer may have been read before the count was seen to rise.
   */
  long asked() {
    return asked.get();
  }

  /** The next time is to be a question in any case. */
  void want() {
    wanted = true;
  }

  /** Takes note of an answer. */
  void answered(AmountRequest request, int jobs) {
    emptySince = nanoTime.getAsLong();
    empty = jobs < request.getLimit();
  }

  boolean mayHaveMore() {
    return wanted || !empty || nanoTime.getAsLong() - emptySince >= EMPTY_NANOS;
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
        if (!mayHaveMore()) {
          return NOTHING;
        }
        asked.incrementAndGet();
        AmountRequest request = basic.getWorkPageRequest();
        if (request.getLimit() > 0) {
          // Where nobody is idle the wish stands: whoever becomes idle asks.
          wanted = false;
        }
        return request;
      }
    };
  }

  @Override
  public JobRunrExecutor toJobRunrExecutor() {
    return new VirtualThreadJobRunrExecutor(workers);
  }
}
