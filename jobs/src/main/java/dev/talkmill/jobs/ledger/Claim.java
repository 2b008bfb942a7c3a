package dev.talkmill.jobs.ledger;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The right to work on a row, for as long as its lease is renewed. Only a holder of one can end a
 * row.
 *
 * <p>Time is measured by the process's own monotonic clock from before the database answered, so
 * the holder's view of its lease always ends before the database's.
 */
public final class Claim {

  private final LedgerRow row;
  private final long halfLeaseNanos;
  private final LongSupplier nanoTime;
  private final long takenAt;
  private final AtomicLong renewedAt;
  private volatile boolean lost;
  private volatile boolean refunded;

  Claim(LedgerRow row, Duration lease, long askedAtNanos, LongSupplier nanoTime) {
    this.row = row;
    this.halfLeaseNanos = lease.toNanos() / 2;
    this.nanoTime = nanoTime;
    this.takenAt = askedAtNanos;
    this.renewedAt = new AtomicLong(askedAtNanos);
  }

  public LedgerRow row() {
    return row;
  }

  /** How long ago the row was taken. */
  public Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - takenAt);
  }

  /**
   * Called before every side effect outside of the database. A holder that was not renewed by half
   * of its lease stops: a successor may start before it would notice.
   *
   * @throws LostClaimException if the row is, or may soon be, somebody else's
   */
  public void ensureHeld() {
    if (lost || nanoTime.getAsLong() - renewedAt.get() > halfLeaseNanos) {
      throw new LostClaimException(row);
    }
  }

  void renewed(long askedAtNanos) {
    renewedAt.accumulateAndGet(askedAtNanos, Math::max);
  }

  void lose() {
    lost = true;
  }

  /** Whether the row counts a crash that this process, which lives, has not caused. */
  boolean isLostAndCounted() {
    return lost && !refunded;
  }

  boolean isRefunded() {
    return refunded;
  }

  void refunded() {
    refunded = true;
  }
}
