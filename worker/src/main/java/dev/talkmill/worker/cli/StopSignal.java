package dev.talkmill.worker.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a signal end a command in order: the JVM's shutdown asks the command to stop and waits until
 * it has closed what it opened, so that no process and no file is left behind.
 */
final class StopSignal implements AutoCloseable {

  /**
   * Longest wait of the shutdown for the command: the default drain of 20 s and the stop of the
   * embedded services, doubled. Kubernetes kills after 30 s by itself.
   */
  private static final Duration CLOSE_MAX = Duration.ofSeconds(60);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable Thread hook;
  private @Nullable Thread interruptible;

  /** A signal that comes with the shutdown of the JVM, until it is closed. */
  static StopSignal ofShutdown() {
    StopSignal signal = new StopSignal();
    Thread hook = new Thread(signal::onShutdown, "talkmill-stop");
    signal.hook = hook;
    Runtime.getRuntime().addShutdownHook(hook);
    return signal;
  }

  private void onShutdown() {
    ask();
    try {
      if (!ended.await(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        // Nothing more can be done here: the JVM goes on to end.
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the command to stop. */
  synchronized void ask() {
    asked.countDown();
    Thread thread = interruptible;
    if (thread != null) {
      thread.interrupt();
    }
  }

  boolean asked() {
    return asked.getCount() == 0;
  }

  /** From here on a stop interrupts what the calling thread waits for. */
  synchronized void interruptFromHere() {
    interruptible = Thread.currentThread();
    check();
  }

  /** From here on the calling thread is left alone, to close what it opened. */
  synchronized void leaveAlone() {
    interruptible = null;
    Thread.interrupted();
  }

  void check() {
    if (asked()) {
      throw new StoppedException();
    }
  }

  /** Waits this long, unless the command is asked to stop. */
  void pause(Duration length) {
    try {
      if (asked.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new StoppedException();
      }
    } catch (InterruptedException interrupted) {
      throw new StoppedException();
    }
  }

  /** Waits until the command is asked to stop, for as long as that takes. */
  void await() {
    try {
      asked.await();
    } catch (InterruptedException interrupted) {
      throw new StoppedException();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    Thread registered = hook;
    if (registered != null && !asked()) {
      try {
        Runtime.getRuntime().removeShutdownHook(registered);
      } catch (IllegalStateException shuttingDown) {
        // The hook runs already and has just been told that the command ended.
        hook = null;
      }
    }
  }
}
