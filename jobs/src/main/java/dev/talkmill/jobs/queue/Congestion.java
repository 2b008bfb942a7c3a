package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.postgres.Pools;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * How many more rows this process should take on now. All that a handler does besides waiting for
 * others needs a connection, and those are few: handlers that stand in line for one make each other
 * slow and whoever comes next, and nothing is done sooner. A row of a tenant that has little to do
 * would get its turn in the lane at once, and then stand in line behind a backlog at every
 * transaction.
 */
public final class Congestion {

  /**
   * Of the connections: with less room than that a pass of the relay is not worth its statements.
   */
  private static final int WORTH_A_PASS = 4;

  private final IntSupplier running;
  private final Supplier<Optional<Pools.Load>> load;

  /**
   * Watches one pool.
   *
   * @param running journeys of this process, those included that wait for a provider
   * @param load of the pool that they work with; empty if it cannot be told
   */
  public Congestion(IntSupplier running, Supplier<Optional<Pools.Load>> load) {
    this.running = running;
    this.load = load;
  }

  /** Never congested. */
  static Congestion none() {
    return new Congestion(() -> 0, Optional::empty);
  }

  /** Whether there is room for as much as a pass of the relay is worth. */
  boolean isOver() {
    return load.get()
        .map(pool -> room(pool, 0) >= Math.max(1, pool.size() / WORTH_A_PASS))
        .orElse(true);
  }

  /**
   * Rows that may be dispatched now: as many as there are connections that nobody wants, and always
   * so many that a journey is at work for every connection, whoever else wants them.
   *
   * @param queued rows that have been dispatched and not been claimed
   */
  int room(int queued) {
    return load.get().map(pool -> room(pool, queued)).orElse(Integer.MAX_VALUE);
  }

  private int room(Pools.Load pool, int queued) {
    int journeys = pool.size() - running.getAsInt();
    int unwanted = pool.size() - pool.wanted();
    return Math.max(0, Math.max(journeys, unwanted) - queued);
  }
}
