package dev.talkmill.jobs.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Leaves out of a failing history whatever it fails without: first large stretches, in the end
 * single steps.
 */
final class Shrinker {

  private final Duration limit;
  private final LongSupplier nanoTime;

  /**
   * @param limit after which the shortest history so far is taken
   */
  Shrinker(Duration limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /** The places of a failing history that it still fails with, in order. */
  List<Integer> shrink(int length, Predicate<List<Integer>> fails) {
    long end = nanoTime.getAsLong() + limit.toNanos();
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      kept.add(i);
    }
    for (int stretch = Math.max(1, length / 2); stretch > 0; ) {
      List<Integer> shorter = withoutOneOf(kept, stretch, fails, end);
      if (shorter.size() == kept.size()) {
        stretch /= 2;
      }
      kept = shorter;
    }
    return kept;
  }

  private List<Integer> withoutOneOf(
      List<Integer> kept, int stretch, Predicate<List<Integer>> fails, long end) {
    List<Integer> now = kept;
    for (int from = 0; from < now.size() && nanoTime.getAsLong() - end < 0; ) {
      List<Integer> tried = new ArrayList<>(now);
      tried.subList(from, Math.min(from + stretch, now.size())).clear();
      if (fails.test(tried)) {
        now = tried;
      } else {
        from += stretch;
      }
    }
    return now;
  }
}
