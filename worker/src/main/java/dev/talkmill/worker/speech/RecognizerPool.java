package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of recognisers that are costly to make and serve one thread at a time. They are
 * made when first needed. One that failed is thrown away: nobody knows its state.
 */
final class RecognizerPool<R> {

  private final Supplier<R> factory;
  private final int slots;
  private final Semaphore permits;
  private final Deque<R> idle = new ArrayDeque<>();

  RecognizerPool(int slots, Supplier<R> factory) {
    if (slots < 1) {
      throw new IllegalArgumentException("slots must be at least 1, but is " + slots);
    }
    this.slots = slots;
    this.factory = factory;
    this.permits = new Semaphore(slots, true);
  }

  /**
   * Lends a recogniser to {@code work}.
   *
   * @param wait for how long to wait for a free one
   * @throws FailureException provider_unavailable where none is free in that time
   */
  void use(Duration wait, Consumer<R> work) {
    acquire(wait);
    try {
      R recognizer = taken();
      work.accept(recognizer);
      giveBack(recognizer);
    } finally {
      permits.release();
    }
  }

  private void acquire(Duration wait) {
    try {
      if (!permits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw FailureException.of(
            FailureCode.PROVIDER_UNAVAILABLE,
            "all " + slots + " offline recognisers were busy for " + wait.toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FailureException.of(
          FailureCode.INTERNAL_ERROR, "interrupted while waiting for an offline recogniser", e);
    }
  }

  private R taken() {
    R recognizer = pollIdle();
    return recognizer != null ? recognizer : factory.get();
  }

  private synchronized @Nullable R pollIdle() {
    // The one used last is warm in the caches; the others stay unused and cost only memory.
    return idle.pollLast();
  }

  private synchronized void giveBack(R recognizer) {
    idle.addLast(recognizer);
  }
}
