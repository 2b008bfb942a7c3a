package dev.talkmill.jobs.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Waits for what happens in other threads: looks again and again, up to a limit that is an error.
 */
public final class Await {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Await() {}

  public static <T> T until(Supplier<T> look, Predicate<T> enough) {
    return until(look, enough, LIMIT);
  }

  public static <T> T until(Supplier<T> look, Predicate<T> enough, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    T seen = look.get();
    while (!enough.test(seen)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + limit + " in vain; last seen: " + seen);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      seen = look.get();
    }
    return seen;
  }
}
