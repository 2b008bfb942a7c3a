package dev.talkmill.jobs.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void onlyTheStepsThatAFailureNeedsAreLeft() {
    Shrinker shrinker = new Shrinker(LIMIT, () -> 0);
    assertThat(shrinker.shrink(100, kept -> kept.containsAll(List.of(7, 8, 93))))
        .containsExactly(7, 8, 93);
  }

  @Test
  void aFailureThatNeedsNothingShrinksToNothing() {
    assertThat(new Shrinker(LIMIT, () -> 0).shrink(5, kept -> true)).isEmpty();
  }

  @Test
  void aHistoryThatNeedsEveryStepStaysWhole() {
    assertThat(new Shrinker(LIMIT, () -> 0).shrink(6, kept -> kept.size() == 6)).hasSize(6);
  }

  @Test
  void whenItsTimeIsOverTheShortestSoFarIsTaken() {
    AtomicLong now = new AtomicLong();
    Shrinker shrinker =
        new Shrinker(LIMIT, () -> now.getAndAdd(LIMIT.toNanos() / 3)); // Three looks at the clock.
    assertThat(shrinker.shrink(64, kept -> kept.contains(63))).hasSize(32).contains(63);
  }
}
