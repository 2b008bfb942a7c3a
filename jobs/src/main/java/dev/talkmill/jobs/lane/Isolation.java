package dev.talkmill.jobs.lane;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets a row that was there at two crashes run alone in its process. Only crashes while alone
 * condemn it: without that, rows that merely stood by at kills were condemned with the guilty one.
 *
 * <p>A crash is a claim whose process died. One that lost its lease and lives, because the database
 * was away or the process was stopped, gives the crash back: see {@code ledger.LeaseKeeper}.
 */
public final class Isolation {

  /** Claims without an end after which a row runs alone. */
  public static final int CRASHES_BEFORE_ALONE = 2;

  /**
   * Claims without an end that condemn a row: three of them alone. In a process that is killed from
   * outside every few seconds each kill meets a row that runs alone, so that one crash proves
   * nothing. (One sufficed once: of five runs of ten such kills three condemned an innocent row.)
   */
  public static final int CRASHES_MAX = 5;

  // Virtual threads each hold their own side, and the lock is released by the thread that took it.
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /**
   * How long a row waits to be alone. Long, for while it waits nothing new enters: one that gave up
   * after a short wait would let others in, and never find the process empty.
   */
  private static final Duration ALONE_WAIT = Duration.ofMinutes(15);

  /**
   * Enters; empty if the lonely one did not end, or the others did not, in time.
   *
   * @param wait of a row that need not be alone
   */
  public Optional<Runnable> enter(int crashCount, Duration wait) throws InterruptedException {
    boolean alone = crashCount >= CRASHES_BEFORE_ALONE;
    Lock side = alone ? lock.writeLock() : lock.readLock();
    Duration most = alone ? ALONE_WAIT : wait;
    return side.tryLock(most.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(side::unlock)
        : Optional.empty();
  }
}
