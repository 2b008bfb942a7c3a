package dev.talkmill.worker.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;

/** Writes problems, whatever form of answer was asked for. */
final class ProblemWriter {

  void write(ProblemException problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      // The answer has begun; all that is left is to break it off, so that it is not taken for
      // whole.
      throw new IOException("the answer could not be ended: " + problem.code().code());
    }
    response.resetBuffer();
    response.setStatus(problem.code().status());
    response.setContentType(Problem.MEDIA_TYPE);
    if (response.getHeader(DoorFilter.REQUEST_ID) == null) {
      // Refused by the connector, before the filter saw it.
      response.setHeader(DoorFilter.REQUEST_ID, UUID.randomUUID().toString());
    }
    if (problem.code() == ProblemCode.UNAUTHENTICATED) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"talkmill\"");
    }
    Duration retryAfter = problem.retryAfter();
    if (retryAfter != null) {
      response.setHeader("Retry-After", String.valueOf(Math.max(1, retryAfter.toSeconds())));
    }
    byte[] body = DoorJson.write(Problem.of(problem.code(), problem.detail()));
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
    response.flushBuffer();
  }

  /** What is said of a status that came without a reason. */
  ProblemException ofStatus(int status) {
    ProblemCode code = ProblemCode.ofStatus(status);
    String detail =
        switch (code) {
          case UNKNOWN_PATH ->
              "There is nothing at this path. The paths are described in /openapi.json.";
          case INTERNAL_ERROR ->
              "This is a defect of the server. Repeat the request later; if it fails again, tell"
                  + " the operator its X-Request-Id.";
          case BAD_REQUEST ->
              "The request line, a header or the body breaks the rules of HTTP, so nothing was"
                  + " done. Check what the client sends.";
          default -> code.title() + ".";
        };
    return new ProblemException(code, detail);
  }
}
