package dev.talkmill.worker;

import dev.talkmill.worker.cli.Cli;
import dev.talkmill.worker.cli.Terminal;
import dev.talkmill.worker.wiring.SpringStarter;

/** Entry point of the process. */
public final class WorkerApplication {

  private WorkerApplication() {}

  public static void main(String[] args) {
    System.exit(Cli.run(args, Terminal.system(), new SpringStarter()));
  }
}
