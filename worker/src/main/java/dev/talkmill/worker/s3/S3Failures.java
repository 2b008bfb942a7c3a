package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Turns what the SDK throws into failures with a code. Messages are our own: the SDK's can hold
 * addresses and keys.
 */
final class S3Failures {

  /** How deep the SDK may wrap a cause; beyond it a chain is taken for a loop. */
  private static final int CAUSES_MAX = 20;

  private static final int RETRY_AFTER_DIGITS_MAX = 6;

  private S3Failures() {}

  /** Runs a call on the store; all that can go wrong with it comes out as a failure. */
  static <T> T guarded(String operation, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw translate(operation, e);
    } catch (CancellationException e) {
      // What the SDK makes of a limit that is over while a connection is waited for, at times.
      throw unavailable(operation + " failed: no connection to the store came free in time", e);
    }
  }

  static FailureException translate(String operation, SdkException e) {
    Optional<Failure> source = find(e, SourceException.class).map(SourceException::failure);
    Optional<Failure> own = find(e, FailureException.class).map(FailureException::failure);
    if (source.isPresent() || own.isPresent()) {
      return new FailureException(source.or(() -> own).orElseThrow(), e);
    }
    if (find(e, InterruptedException.class).isPresent()) {
      Thread.currentThread().interrupt();
    }
    if (e instanceof AwsServiceException answer) {
      return ofAnswer(operation, answer);
    }
    return unavailable(operation + " failed: " + reason(e), e);
  }

  static FailureException unavailable(String message, Throwable cause) {
    return FailureException.of(FailureCode.STORAGE_UNAVAILABLE, message, cause);
  }

  /** A source that cannot be opened or skipped. */
  static FailureException ofSource(IOException e) {
    SourceException source =
        e instanceof SourceException known ? known : SourceException.unreadable(e);
    return new FailureException(source.failure(), e);
  }

  /** Whether the store refused a write because something stands at the key, or is being written. */
  static boolean isConflict(S3Exception e) {
    return e.statusCode() == 412 || e.statusCode() == 409;
  }

  /** Whether the store says that it does not have this operation at all. */
  static boolean isUnknownToStore(S3Exception e) {
    return e.statusCode() == 501 || "NotImplemented".equals(errorCode(e));
  }

  /**
   * Whether our credentials may not do this. Not every 403: wrong clocks and keys get mended, and
   * must not be taken for a policy.
   */
  static boolean isDenied(S3Exception e) {
    return e.statusCode() == 403 && "AccessDenied".equals(errorCode(e));
  }

  /** Whether the store cannot be reached or is out of order, rather than says no. */
  static boolean isOutage(FailureException e) {
    return find(e, AwsServiceException.class)
        .map(answer -> answer.statusCode() >= 500 || answer.statusCode() == 429)
        .orElseGet(() -> find(e, UnknownHostException.class).isEmpty());
  }

  static boolean isMissing(S3Exception e) {
    return e.statusCode() == 404 && !"NoSuchBucket".equals(errorCode(e));
  }

  private static FailureException ofAnswer(String operation, AwsServiceException e) {
    String what = operation + " failed: the store answered " + e.statusCode() + suffix(e);
    FailureCode code =
        switch (e.statusCode()) {
          case 404 ->
              "NoSuchBucket".equals(errorCode(e))
                  ? FailureCode.STORAGE_UNAVAILABLE
                  : FailureCode.OBJECT_MISSING;
          case 416 -> FailureCode.OBJECT_MISSING;
          case 400, 405, 411, 413, 414 -> FailureCode.INTERNAL_ERROR;
          // Credentials, throttling, conflicts and every fault of the server pass or get mended.
          default -> FailureCode.STORAGE_UNAVAILABLE;
        };
    return new FailureException(new Failure(code, what, retryAfter(e)), e);
  }

  private static String suffix(AwsServiceException e) {
    String code = errorCode(e);
    return code == null || !code.matches("\\w{1,64}") ? "" : " " + code;
  }

  private static @Nullable String errorCode(AwsServiceException e) {
    return e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
  }

  private static @Nullable Duration retryAfter(AwsServiceException e) {
    if (e.awsErrorDetails() == null || e.awsErrorDetails().sdkHttpResponse() == null) {
      return null;
    }
    return e.awsErrorDetails()
        .sdkHttpResponse()
        .firstMatchingHeader("Retry-After")
        .filter(value -> value.matches("\\d{1," + RETRY_AFTER_DIGITS_MAX + "}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)))
        .orElse(null);
  }

  private static String reason(SdkException e) {
    if (find(e, ConnectException.class).isPresent()) {
      return "the store refuses connections";
    }
    if (find(e, UnknownHostException.class).isPresent()) {
      return "the store's host name is unknown";
    }
    String name = e.getClass().getSimpleName();
    boolean timeout = name.contains("Timeout") || find(e, SocketTimeoutException.class).isPresent();
    return timeout ? "the store did not answer in time" : "the connection to the store broke";
  }

  private static <T extends Throwable> Optional<T> find(Throwable start, Class<T> wanted) {
    Throwable current = start;
    for (int depth = 0; current != null && depth < CAUSES_MAX; depth++) {
      if (wanted.isInstance(current)) {
        return Optional.of(wanted.cast(current));
      }
      current = current.getCause();
    }
    return Optional.empty();
  }
}
