package dev.talkmill.pipeline.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.talkmill.pipeline.failure.RetryDecision.GiveUp;
import dev.talkmill.pipeline.failure.RetryDecision.Retry;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {

  private static final RetryPolicy POLICY =
      new RetryPolicy(8, Duration.ofSeconds(2), Duration.ofMinutes(10));

  /** Draws the greatest value that is asked for, so that bounds show exactly. */
  private static final RandomGenerator GREATEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @Test
  void theBoundOfTheDelayDoublesUpToTheCap() {
    assertThat(delay(1, null, GREATEST)).hasSeconds(2);
    assertThat(delay(2, null, GREATEST)).hasSeconds(4);
    assertThat(delay(7, null, GREATEST)).hasSeconds(128);
    RetryPolicy patient =
        new RetryPolicy(Integer.MAX_VALUE, Duration.ofSeconds(2), Duration.ofMinutes(10));
    for (int attempts : new int[] {10, 31, 32, 63, 64, 65, 1_000_000_000}) {
      assertThat(((Retry) patient.decide(failure(null), attempts, GREATEST)).delay())
          .as("after %d attempts", attempts)
          .hasMinutes(10);
    }
  }

  @Test
  void theDelayIsDrawnFromTheWholeStretchBelowTheBound() {
    Random random = new Random(4_711);
    boolean low = false;
    boolean high = false;
    for (int i = 0; i < 1_000; i++) {
      Duration delay = delay(3, null, random);
      assertThat(delay).isBetween(Duration.ZERO, Duration.ofSeconds(8));
      low |= delay.compareTo(Duration.ofSeconds(1)) < 0;
      high |= delay.compareTo(Duration.ofSeconds(7)) > 0;
    }
    assertThat(low && high).isTrue();
  }

  @Test
  void aRetryNeverComesBeforeTheTimeThatWasAskedFor() {
    Random random = new Random(4_712);
    for (int i = 0; i < 200; i++) {
      assertThat(delay(1, Duration.ofSeconds(90), random))
          .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(92));
    }
  }

  @Test
  void nobodyCanImposeMoreThanSixHours() {
    assertThat(delay(1, Duration.ofDays(4_000), GREATEST))
        .isEqualTo(Duration.ofHours(6).plusSeconds(2));
  }

  @Test
  void aTimeInThePastIsNoReasonToComeBackEarlier() {
    Random random = new Random(4_713);
    for (int i = 0; i < 200; i++) {
      assertThat(delay(1, Duration.ofDays(-1), random))
          .isBetween(Duration.ZERO, Duration.ofSeconds(2));
    }
  }

  @Test
  void theLastAttemptIsTheLast() {
    Random random = new Random(4_714);
    assertThat(POLICY.decide(failure(null), 7, random)).isInstanceOf(Retry.class);
    assertThat(POLICY.decide(failure(null), 8, random)).isEqualTo(new GiveUp());
    assertThat(POLICY.decide(failure(null), 9, random)).isEqualTo(new GiveUp());
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void onlyAnOutageIsWaitedOutHoweverLongItLasts(FailureCode code) {
    RetryDecision decision = POLICY.decide(Failure.of(code, "why"), 1_000_000, new Random(1));
    assertThat(decision instanceof Retry).isEqualTo(code == FailureCode.STORAGE_UNAVAILABLE);
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void onlyWhatMayEndBetterIsTriedAgain(FailureCode code) {
    RetryDecision decision = POLICY.decide(Failure.of(code, "why"), 1, new Random(1));
    assertThat(decision instanceof Retry).isEqualTo(code.retryable());
  }

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void theMaterialAndAPolicyAreNeverTriedAgain(FailureCode code) {
    if (code.cause() == Cause.INPUT || code.cause() == Cause.POLICY) {
      assertThat(code.retryable()).isFalse();
    }
    if (code.cause() == Cause.CAPACITY) {
      assertThat(code.retryable()).isTrue();
    }
  }

  @Test
  void aPolicyThatCouldNotRetryIsRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(0, second, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(1, Duration.ZERO, second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(1, second, Duration.ofMillis(999)));
  }

  private static Duration delay(
      int attempts, @Nullable Duration retryAfter, RandomGenerator random) {
    return ((Retry) POLICY.decide(failure(retryAfter), attempts, random)).delay();
  }

  private static Failure failure(@Nullable Duration retryAfter) {
    return new Failure(FailureCode.PROVIDER_RATE_LIMITED, "slow down", retryAfter);
  }
}
