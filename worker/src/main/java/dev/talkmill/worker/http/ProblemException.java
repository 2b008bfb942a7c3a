package dev.talkmill.worker.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends a request with a refusal. It is an answer and not a fault, so it has no stack trace. */
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemCode code;
  private final transient @Nullable Duration retryAfter;

  ProblemException(ProblemCode code, String detail) {
    this(code, detail, null);
  }

  /**
   * Makes one.
   *
   * @param detail what happened, what it means and what to do
   * @param retryAfter when it is worth trying again, or null
   */
  ProblemException(ProblemCode code, String detail, @Nullable Duration retryAfter) {
    super(detail, null, false, false);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  ProblemCode code() {
    return code;
  }

  String detail() {
    String detail = getMessage();
    return detail == null ? code.title() : detail;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  static ProblemException unknown(ProblemCode code, Object id) {
    return new ProblemException(
        code, code.title() + ": " + id + " is not known to the tenant of this API key.");
  }
}
