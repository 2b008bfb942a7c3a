package dev.talkmill.worker.http;

import dev.talkmill.worker.http.RateLimits.Verdict;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.UUID;

/** Tells clients how they stand with the limit, and refuses what is above it. */
final class RateHeaders {

  private RateHeaders() {}

  static void take(
      RateLimits limits, UUID tenant, UUID conversation, HttpServletResponse response) {
    Verdict verdict = limits.take(tenant, conversation);
    response.setHeader("RateLimit-Limit", String.valueOf(verdict.limit()));
    response.setHeader("RateLimit-Remaining", String.valueOf(verdict.remaining()));
    response.setHeader("RateLimit-Reset", String.valueOf(seconds(verdict.reset())));
    if (!verdict.allowed()) {
      throw new ProblemException(
          ProblemCode.RATE_LIMITED,
          "A conversation may hand over %d chunks a minute. Keep this one and send it again after"
                  .formatted(verdict.limit())
              + " the time in Retry-After.",
          Duration.ofSeconds(seconds(verdict.retryAfter())));
    }
  }

  private static long seconds(Duration time) {
    return time.plusMillis(999).toSeconds();
  }
}
