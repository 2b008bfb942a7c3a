package dev.talkmill.jobs.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that does one chore whenever it is signalled, and at least every so often. The flag is
 * cleared before the chore reads, so a signal during it leads to another run.
 */
final class Loop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_ERROR = Duration.ofMillis(500);

  private final String name;
  private final Chore chore;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean signalled;
  private boolean closed;

  /** What is done, and how long to wait at most for the next signal. */
  @FunctionalInterface
  interface Chore {
    Duration run() throws InterruptedException;
  }

  Loop(String name, Chore chore) {
    this.name = name;
    this.chore = chore;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  void signal() {
    lock.lock();
    try {
      signalled = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    try {
      while (!isClosed()) {
        await(runSafely());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration runSafely() throws InterruptedException {
    try {
      return chore.run();
    } catch (RuntimeException e) {
      if (!isClosed()) {
        log.warn("{} failed and will be repeated: {}", name, e.toString());
      }
      return AFTER_ERROR;
    }
  }

  private void await(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(most.toMillis());
      while (!signalled && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      signalled = false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (thread.isAlive() && !thread.join(Duration.ofSeconds(10))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
