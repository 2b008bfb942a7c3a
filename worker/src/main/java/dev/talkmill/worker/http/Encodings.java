package dev.talkmill.worker.http;

import jakarta.servlet.http.HttpServletRequest;

/** Bodies are taken as they are: a compressed one would be mistaken for a broken recording. */
final class Encodings {

  private Encodings() {}

  static void requireNone(HttpServletRequest request) {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw new ProblemException(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "A compressed body is not taken here. Send it without Content-Encoding.");
    }
  }
}
