package dev.talkmill.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Durations in nanoseconds, added from any thread. */
final class Samples {

  private final long[] nanos;
  private final AtomicInteger count = new AtomicInteger();

  Samples(int max) {
    this.nanos = new long[max];
  }

  void add(long duration) {
    nanos[count.getAndIncrement()] = Math.max(0, duration);
  }

  int count() {
    return count.get();
  }

  /** A quantile by nearest rank, in milliseconds. */
  double millis(double quantile) {
    int all = count.get();
    if (all == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    long[] sorted = Arrays.copyOf(nanos, all);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(quantile * all);
    return sorted[Math.clamp(rank - 1, 0, all - 1)] / 1e6;
  }
}
