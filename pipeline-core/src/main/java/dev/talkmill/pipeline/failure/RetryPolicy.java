package dev.talkmill.pipeline.failure;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a failed attempt is repeated: exponential backoff with full jitter, so that a herd of rows
 * that failed together does not come back together (AWS Well-Architected, REL05-BP03), and never
 * before the time the other side asked for.
 *
 * @param attemptsMax attempts in all, the first included; an outage is waited out however many it
 *     takes
 * @param base upper bound of the first delay; doubles with every attempt
 * @param cap upper bound of any delay that we choose
 */
public record RetryPolicy(int attemptsMax, Duration base, Duration cap) {

  /** The longest wait that a provider's Retry-After can impose. */
  static final Duration RETRY_AFTER_MAX = Duration.ofHours(6);

  public RetryPolicy {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, but is " + attemptsMax);
    }
    if (base.isNegative() || base.isZero() || cap.compareTo(base) < 0) {
      throw new IllegalArgumentException(
          "retry delays must be positive and the cap not below base");
    }
  }

  /**
   * Decides about a failed attempt.
   *
   * @param attempts attempts made so far, this one included
   */
  public RetryDecision decide(Failure failure, int attempts, RandomGenerator random) {
    FailureCode code = failure.code();
    if (!code.retryable() || (attempts >= attemptsMax && !code.isOutage())) {
      return new RetryDecision.GiveUp();
    }
    return new RetryDecision.Retry(delay(failure, attempts, random));
  }

  private Duration delay(Failure failure, int attempts, RandomGenerator random) {
    int doublings = Math.min(Math.max(attempts - 1, 0), 30);
    long boundMillis = Math.min(cap.toMillis(), base.toMillis() << doublings);
    if (boundMillis <= 0) {
      boundMillis = cap.toMillis();
    }
    Duration jittered = Duration.ofMillis(random.nextLong(boundMillis + 1));
    Duration asked = failure.retryAfter();
    if (asked == null || asked.isNegative()) {
      return jittered;
    }
    Duration bounded = asked.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : asked;
    return bounded.plus(jittered);
  }
}
