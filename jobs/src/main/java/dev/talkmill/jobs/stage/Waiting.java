package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.stage.StageStep.Work;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counts calls that are under way. */
final class Waiting {

  private final AtomicInteger count = new AtomicInteger();

  int count() {
    return count.get();
  }

  /** The call, made only while the row is held: to announce it may have taken a while. */
  <T> Supplier<T> around(Work work, Supplier<T> call) {
    return () -> {
      work.ensureHeld();
      count.incrementAndGet();
      try {
        return call.get();
      } finally {
        count.decrementAndGet();
      }
    };
  }
}
