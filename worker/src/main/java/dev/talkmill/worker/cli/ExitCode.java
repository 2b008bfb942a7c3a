package dev.talkmill.worker.cli;

/** How a command ends, for scripts. */
enum ExitCode {
  OK(0),
  /** A recording could not be transcribed, or only in part; the reason was printed. */
  RECORDING_FAILED(1),
  /** The command was not understood, or a file it names cannot be used. */
  USAGE(2),
  /** A setting is wrong, the build failed, or the worker did not start. */
  COULD_NOT_START(3),
  /** 128 + SIGINT, as shells have it; the JVM itself says which signal it was. */
  STOPPED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** The worse of two ends of one command. */
  ExitCode or(ExitCode other) {
    return other.number > number ? other : this;
  }
}
