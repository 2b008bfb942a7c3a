package dev.talkmill.pipeline.failure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One failed attempt.
 *
 * @param message what happened, for an operator; at most {@value #MESSAGE_CHARS} characters are
 *     kept, without NUL characters. Never holds transcript text, keys or URL queries
 * @param retryAfter how long the other side asked us to wait, or null
 */
public record Failure(FailureCode code, String message, @Nullable Duration retryAfter) {

  /** Bound of the stored message, in characters. */
  public static final int MESSAGE_CHARS = 1_000;

  public Failure {
    requireNonNull(code, "code is null");
    message = bounded(message);
  }

  public static Failure of(FailureCode code, String message) {
    return new Failure(code, message, null);
  }

  private static String bounded(String message) {
    // PostgreSQL refuses NUL in text for ever, so it must not reach a ledger write.
    String clean = message.replace("\0", "");
    if (clean.length() <= MESSAGE_CHARS) {
      return clean;
    }
    int end = MESSAGE_CHARS - 1;
    return clean.substring(0, Character.isHighSurrogate(clean.charAt(end - 1)) ? end - 1 : end)
        + "…";
  }
}
