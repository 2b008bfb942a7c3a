package dev.talkmill.jobs.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds whoever passes until it is opened, and tells when enough have come. */
public final class Gate {

  private static final int LIMIT_SECONDS = 120;

  private final CountDownLatch arrived;
  private final CountDownLatch opened = new CountDownLatch(1);

  /**
   * A closed gate.
   *
   * @param expected how many {@link #awaitAll} waits for
   */
  public Gate(int expected) {
    this.arrived = new CountDownLatch(expected);
  }

  public void pass() {
    arrived.countDown();
    await(opened, "nobody opened the gate");
  }

  public void awaitAll() {
    await(arrived, "not all have come to the gate");
  }

  public void open() {
    opened.countDown();
  }

  private static void await(CountDownLatch latch, String otherwise) {
    try {
      if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(otherwise);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at the gate", e);
    }
  }
}
