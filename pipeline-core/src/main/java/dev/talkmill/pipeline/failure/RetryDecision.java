package dev.talkmill.pipeline.failure;

import java.time.Duration;

/** What becomes of a row after a failed attempt. */
public sealed interface RetryDecision {

  /** Try again after {@code delay}. */
  record Retry(Duration delay) implements RetryDecision {}

  /** The row ends FAILED: the attempts are spent, or another would end the same. */
  record GiveUp() implements RetryDecision {}
}
