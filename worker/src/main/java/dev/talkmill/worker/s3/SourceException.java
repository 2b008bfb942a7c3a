package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import java.io.IOException;

/** The bytes to be written are at fault, not the store; found again below the SDK's exception. */
final class SourceException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  private SourceException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  static SourceException mismatch(String message) {
    return new SourceException(Failure.of(FailureCode.CHECKSUM_MISMATCH, message));
  }

  static SourceException unreadable(IOException cause) {
    var exception =
        new SourceException(
            Failure.of(FailureCode.INTERNAL_ERROR, "The bytes to be stored cannot be read"));
    exception.initCause(cause);
    return exception;
  }

  Failure failure() {
    return failure;
  }
}
