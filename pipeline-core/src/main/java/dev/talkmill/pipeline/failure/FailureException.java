package dev.talkmill.pipeline.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an adapter tells its stage that an attempt failed and why. */
public final class FailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  public FailureException(Failure failure) {
    super(failure.code().code() + ": " + failure.message());
    this.failure = failure;
  }

  public FailureException(Failure failure, Throwable cause) {
    super(failure.code().code() + ": " + failure.message(), cause);
    this.failure = failure;
  }

  public static FailureException of(FailureCode code, String message) {
    return new FailureException(Failure.of(code, message));
  }

  public static FailureException of(FailureCode code, String message, Throwable cause) {
    return new FailureException(Failure.of(code, message), cause);
  }

  public static FailureException of(
      FailureCode code, String message, @Nullable Duration retryAfter) {
    return new FailureException(new Failure(code, message, retryAfter));
  }

  public Failure failure() {
    return failure;
  }
}
