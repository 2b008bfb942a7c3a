package dev.talkmill.jobs.lane;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets a row that was there at two crashes run alone in its process. Only a crash while alone
 * condemns it: without that, rows that merely stood by at kills were condemned with the guilty one.
 */
public final class Isolation {

  /** Claims without an end after which a row runs alone. */
  public static final int CRASHES_BEFORE_ALONE = 2;

  // Virtual threads each hold their own side, and the lock is released by the thread that took it.
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /** Enters; empty if others did not make room, or the lonely one did not end, in time. */
  public Optional<Runnable> enter(int crashCount, Duration wait) throws InterruptedException {
    Lock side = crashCount >= CRASHES_BEFORE_ALONE ? lock.writeLock() : lock.readLock();
    return side.tryLock(wait.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(side::unlock)
        : Optional.empty();
  }
}
