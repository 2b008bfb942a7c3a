package dev.talkmill.worker.cli;

/** The command was told to stop (SIGINT, SIGTERM) and unwinds. */
final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StoppedException() {
    super("stopped");
  }
}
