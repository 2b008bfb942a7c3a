package dev.talkmill.jobs.queue;

/** Makes a failed attempt show as failed in the dashboard, with its reason and what comes next. */
final class AttemptFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AttemptFailedException(String message) {
    // The reason is in the message; a stack of ours would tell an operator nothing more.
    super(message, null, false, false);
  }
}
