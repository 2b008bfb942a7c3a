package dev.talkmill.chaos;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends this process when a run takes longer than any that goes on. Every single wait has a limit of
 * its own; this one is for what nobody has thought of. The guardian clears up behind it.
 */
final class Limit implements AutoCloseable {

  private static final int FAILED = 1;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread watched = Thread.currentThread();
  private final PrintStream err;

  /** Begins now. */
  Limit(Duration limit, PrintStream err) {
    this.err = err;
    Thread.ofPlatform().name("chaos-limit").daemon().start(() -> await(limit));
  }

  private void await(Duration limit) {
    try {
      if (!over.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        err.printf("chaos: the run was ended after %d s, while it was at%n", limit.toSeconds());
        for (StackTraceElement frame : watched.getStackTrace()) {
          err.println("  " + frame);
        }
        Runtime.getRuntime().halt(FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    over.countDown();
  }
}
