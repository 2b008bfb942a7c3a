package dev.talkmill.worker;

import dev.talkmill.worker.cli.Cli;
import dev.talkmill.worker.cli.Terminal;
import dev.talkmill.worker.wiring.SpringStarter;

/** Entry point of the process. */
public final class WorkerApplication {

  private WorkerApplication() {}

  public static void main(String[] args) {
    Terminal terminal =
        Terminal.of(System.out, System.err, System.getProperties(), System.getenv());
    System.exit(Cli.run(args, terminal, new SpringStarter()));
  }
}
