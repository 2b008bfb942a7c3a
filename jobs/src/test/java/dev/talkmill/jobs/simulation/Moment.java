package dev.talkmill.jobs.simulation;

/** A moment between two side effects of a process: it may die at each. */
enum Moment {
  BEFORE_TRANSACTION,
  BEFORE_STATEMENT,
  BEFORE_COMMIT,
  AFTER_COMMIT,
  BEFORE_PUT,
  AFTER_PUT,
  BEFORE_GET,
  AFTER_GET,
  BEFORE_DELETE,
  AFTER_DELETE,
  BEFORE_LIST,
  AFTER_LIST,
  BEFORE_UPLOAD,
  AFTER_UPLOAD,
  BEFORE_JOIN,
  AFTER_JOIN,
  BEFORE_ABORT,
  AFTER_ABORT,
  BEFORE_DECODING,
  AFTER_DECODING,
  BEFORE_RECOGNITION,
  AFTER_RECOGNITION,
  BEFORE_SUMMARY,
  AFTER_SUMMARY,
  /** Killed from outside, whatever its strands were at. */
  KILLED,
  /** With its history. */
  END
}
