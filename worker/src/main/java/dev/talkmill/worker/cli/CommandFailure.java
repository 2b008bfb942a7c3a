package dev.talkmill.worker.cli;

/** Ends a command with a message for the person who typed it. */
final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  private CommandFailure(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  private CommandFailure(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message);
  }

  static CommandFailure couldNotStart(String message, Throwable cause) {
    return new CommandFailure(ExitCode.COULD_NOT_START, message, cause);
  }

  static CommandFailure failed(String message) {
    return new CommandFailure(ExitCode.RECORDING_FAILED, message);
  }

  static CommandFailure failed(String message, Throwable cause) {
    return new CommandFailure(ExitCode.RECORDING_FAILED, message, cause);
  }

  ExitCode exitCode() {
    return exitCode;
  }
}
