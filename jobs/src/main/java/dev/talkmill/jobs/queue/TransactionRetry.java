package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.postgres.TransientErrors;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Repeats a transaction that the database broke off. What it writes may have been paid for: to
 * write it a second time is cheap, to make it a second time is not. Each try is fenced by the epoch
 * of its claim, so however long the database was away, one that comes too late lands nothing.
 */
final class TransactionRetry {

  private static final Logger log = LoggerFactory.getLogger(TransactionRetry.class);

  /** Between tries; the pool's own wait for a connection comes on top while there is none. */
  static final List<Duration> PAUSES =
      List.of(
          Duration.ofMillis(100),
          Duration.ofMillis(400),
          Duration.ofMillis(1_600),
          Duration.ofMillis(6_400));

  private final List<Duration> pauses;
  private final Supplier<? extends RandomGenerator> random;

  /**
   * @param pauses one between two tries each
   */
  TransactionRetry(List<Duration> pauses, Supplier<? extends RandomGenerator> random) {
    this.pauses = List.copyOf(pauses);
    this.random = random;
  }

  /** One try, as a transaction of its own. */
  @FunctionalInterface
  interface Transaction<T> {

    /**
     * Runs the transaction.
     *
     * @param repeated whether there was a try before, which may have been committed all the same:
     *     the connection can break after the commit and before the answer to it
     */
    T run(boolean repeated);
  }

  /** Runs until a try succeeds, or fails with what another try would fail with too. */
  <T> T run(Transaction<T> transaction) {
    for (int tried = 0; ; tried++) {
      try {
        return transaction.run(tried > 0);
      } catch (DataAccessException | TransactionException e) {
        if (tried == pauses.size() || !TransientErrors.is(e) || !pause(pauses.get(tried))) {
          throw e;
        }
        log.warn("try {} of a transaction was broken off: {}", tried + 1, e.toString());
      }
    }
  }

  /** Jitter keeps handlers apart that all met the same outage; false if interrupted. */
  private boolean pause(Duration most) {
    long millis = most.toMillis();
    try {
      Thread.sleep(millis / 2 + random.get().nextLong(millis / 2 + 1));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
