package dev.talkmill.chaos;

/** What a provider does instead of answering as it should. */
enum ProviderFault {
  NONE,
  /** 503 without a body. */
  UNAVAILABLE,
  /** 429 with Retry-After. */
  LIMITED,
  /** The right answer, after seconds. */
  SLOW,
  /** The connection is cut before a word is said. */
  RESET,
  /** 200 with bytes that are no JSON. */
  GARBAGE,
  /** 200, and half of what was announced. */
  TRUNCATED,
  /** The request is read and nothing ever comes, until the fault is over. */
  SILENT;

  /** Whether the right answer comes, and would be paid for. */
  boolean isCharged() {
    return this == NONE || this == SLOW;
  }
}
