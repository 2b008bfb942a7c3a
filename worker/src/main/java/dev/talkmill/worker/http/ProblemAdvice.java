package dev.talkmill.worker.http;

import dev.talkmill.pipeline.failure.FailureException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Turns whatever ends a request early into a problem. Nothing inside is shown to clients. */
@RestControllerAdvice
final class ProblemAdvice {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final ProblemWriter writer;

  ProblemAdvice(ProblemWriter writer) {
    this.writer = writer;
  }

  @ExceptionHandler
  void refused(ProblemException e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    writer.write(e, request, response);
  }

  @ExceptionHandler
  void invalidId(
      MethodArgumentTypeMismatchException e,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    writer.write(
        new ProblemException(
            ProblemCode.INVALID_ID,
            "\"%s\" in the path must be a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91."
                .formatted(e.getName())),
        request,
        response);
  }

  /** The message would quote the query. */
  @ExceptionHandler
  void unreadableQuery(
      InvalidParameterException e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    writer.write(
        new ProblemException(
            ProblemCode.INVALID_PARAMETER,
            "The query is not percent-encoded UTF-8, so its parameters cannot be read."),
        request,
        response);
  }

  @ExceptionHandler
  void wrongMethod(
      HttpRequestMethodNotSupportedException e,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    String[] allowed = e.getSupportedMethods();
    String methods = allowed == null ? "" : String.join(", ", allowed);
    response.setHeader("Allow", methods);
    writer.write(
        new ProblemException(
            ProblemCode.METHOD_NOT_ALLOWED,
            "This path does not take this method. It takes: " + methods + "."),
        request,
        response);
  }

  /** The database is away, being replaced, or too busy to answer in time. */
  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class,
    RecoverableDataAccessException.class,
    CannotCreateTransactionException.class,
    TransactionSystemException.class
  })
  void databaseUnavailable(Exception e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    log.warn("a request was refused because the database did not answer: {}", e.toString());
    writer.write(
        new ProblemException(
            ProblemCode.DATABASE_UNAVAILABLE,
            "The database did not answer, so it is not certain that anything was changed. Repeat"
                + " the request; a chunk is safe to repeat with its Idempotency-Key.",
            RETRY),
        request,
        response);
  }

  @ExceptionHandler
  void failed(FailureException e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    log.warn("a request failed: {}", e.failure().message());
    ProblemCode code =
        e.failure().code().retryable()
            ? ProblemCode.STORAGE_UNAVAILABLE
            : ProblemCode.INTERNAL_ERROR;
    writer.write(
        new ProblemException(
            code,
            "The object store did not do what was asked of it. Nothing is lost; try again.",
            RETRY),
        request,
        response);
  }

  /** The client has gone or is too slow; where it is still there, it is told. */
  @ExceptionHandler
  void brokenOff(IOException e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      // Only a broken connection tells that a begun answer is not whole.
      throw e;
    }
    log.debug("a request broke off: {}", e.toString());
    try {
      writer.write(brokenOff(e), request, response);
    } catch (IOException gone) {
      log.debug("nobody was there to be told: {}", gone.toString());
    }
  }

  private static ProblemException brokenOff(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return new ProblemException(
            ProblemCode.BODY_TIMEOUT,
            "The body stopped arriving. Nothing was kept; send it again.");
      }
    }
    return new ProblemException(
        ProblemCode.BAD_REQUEST, "The body ended before its declared end. Nothing was kept.");
  }

  @ExceptionHandler
  void anything(Exception e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (e instanceof ErrorResponse known && known.getStatusCode().value() < 500) {
      writer.write(writer.ofStatus(known.getStatusCode().value()), request, response);
      return;
    }
    log.error("a request failed", e);
    writer.write(writer.ofStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR), request, response);
  }
}
