package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Bounds the bytes that wait in PostgreSQL for the object store. The sum is read at most once a
 * second, more seldom where it takes long, and what this process takes in meanwhile is added; so
 * the bound may be passed by what other processes accept within that time.
 */
public final class SpoolBudget {

  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  /** A sum stays fresh for so many times as long as it took: with the store away many rows wait. */
  private static final int REST = 20;

  private static final String SUM = "SELECT coalesce(sum(size), 0) FROM chunk_spool";

  private final Database system;
  private final long bytesMax;
  private final LongSupplier nanoTime;
  private final AtomicLong bytes = new AtomicLong();
  private final ReentrantLock reading = new ReentrantLock();
  private volatile long readAt;
  private volatile long fresh = FRESH_NANOS;
  private volatile boolean known;

  /**
   * @param system must not share a transaction with the accepting one: it sees every tenant
   */
  public SpoolBudget(Database system, long bytesMax, LongSupplier nanoTime) {
    this.system = system;
    this.bytesMax = bytesMax;
    this.nanoTime = nanoTime;
  }

  /**
   * Reads the sum if it is not fresh. Called before the accepting transaction, never inside it. One
   * caller reads and the others go on with what is known: none may wait here for a connection that
   * an accepting transaction holds.
   */
  public long refresh() {
    if ((known && nanoTime.getAsLong() - readAt <= fresh) || !reading.tryLock()) {
      return bytes.get();
    }
    try {
      long now = nanoTime.getAsLong();
      bytes.set(system.inSystem(() -> system.sql().sql(SUM).query(Long.class).single()));
      fresh = Math.max(FRESH_NANOS, REST * (nanoTime.getAsLong() - now));
      readAt = now;
      known = true;
      return bytes.get();
    } finally {
      reading.unlock();
    }
  }

  boolean hasRoom(long more) {
    if (bytes.get() + more > bytesMax) {
      return false;
    }
    bytes.addAndGet(more);
    return true;
  }
}
