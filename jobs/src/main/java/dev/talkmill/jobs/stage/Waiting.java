package dev.talkmill.jobs.stage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counts calls that are under way. */
final class Waiting {

  private final AtomicInteger count = new AtomicInteger();

  int count() {
    return count.get();
  }

  <T> Supplier<T> around(Supplier<T> call) {
    return () -> {
      count.incrementAndGet();
      try {
        return call.get();
      } finally {
        count.decrementAndGet();
      }
    };
  }
}
