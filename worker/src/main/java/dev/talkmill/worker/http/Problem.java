package dev.talkmill.worker.http;

/** The body of a refusal, RFC 9457. */
record Problem(String type, String title, int status, String detail, String code) {

  static final String MEDIA_TYPE = "application/problem+json";

  /**
   * Makes one.
   *
   * @param detail what happened, what it means and what to do, in whole sentences
   */
  static Problem of(ProblemCode code, String detail) {
    return new Problem(
        "urn:talkmill:problem:" + code.code(), code.title(), code.status(), detail, code.code());
  }
}
