package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.postgres.Pools.Load;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * How many more rows this process should take on now. What a handler does besides waiting for a
 * provider needs connections, and those are few: handlers that wait for one only make each other,
 * and whoever comes next, slow. A row of a tenant that has little to do would get its turn in the
 * lane at once and then stand in line behind a backlog at every transaction.
 */
public final class Congestion {

  /** The share of the connections, as its divisor, from which on free places are worth a pass. */
  private static final int WORTH_A_PASS = 4;

  private final IntSupplier working;
  private final Supplier<Optional<Load>> load;

  /**
   * @param working journeys of this process without those that wait for a provider
   * @param load of the pool that they work with; empty if it cannot be told
   */
  public Congestion(IntSupplier working, Supplier<Optional<Load>> load) {
    this.working = working;
    this.load = load;
  }

  /** Room without end. */
  static Congestion none() {
    return new Congestion(() -> 0, Optional::empty);
  }

  /** Whether a pass of the relay is worth its while. */
  boolean isOver() {
    return load.get()
        .map(pool -> room(pool, 0) >= Math.max(1, pool.size() / WORTH_A_PASS))
        .orElse(true);
  }

  /**
   * Rows that may be dispatched now: as many as would keep all connections busy. With twice as many
   * journeys a live chunk took three times as long beside a backfill, and no more were done.
   *
   * @param queued rows that have just been dispatched and not been claimed
   */
  int room(int queued) {
    return load.get().map(pool -> room(pool, queued)).orElse(Integer.MAX_VALUE);
  }

  /**
   * Connections may be taken by others than journeys, and journeys may be busy with other things.
   */
  private int room(Load pool, int queued) {
    return Math.max(0, pool.size() - Math.min(working.getAsInt(), pool.wanted()) - queued);
  }
}
