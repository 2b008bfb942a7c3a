package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds the bytes that wait in PostgreSQL for the object store. The sum is read at most once a
 * second and what this process takes in meanwhile is added, so the bound may be passed by what
 * other processes accept within a second.
 */
public final class SpoolBudget {

  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
  private static final String SUM = "SELECT coalesce(sum(size), 0) FROM chunk_spool";

  private final Database system;
  private final long bytesMax;
  private final LongSupplier nanoTime;
  private long bytes;
  private long readAt;
  private boolean known;

  /**
   * @param system must not share a transaction with the accepting one: it sees every tenant
   */
  public SpoolBudget(Database system, long bytesMax, LongSupplier nanoTime) {
    this.system = system;
    this.bytesMax = bytesMax;
    this.nanoTime = nanoTime;
  }

  /** Reads the sum if it is not fresh. Called before the accepting transaction, never inside it. */
  public synchronized long refresh() {
    long now = nanoTime.getAsLong();
    if (!known || now - readAt > FRESH_NANOS) {
      bytes = system.inSystem(() -> system.sql().sql(SUM).query(Long.class).single());
      readAt = now;
      known = true;
    }
    return bytes;
  }

  synchronized boolean hasRoom(long more) {
    if (bytes + more > bytesMax) {
      return false;
    }
    bytes += more;
    return true;
  }
}
