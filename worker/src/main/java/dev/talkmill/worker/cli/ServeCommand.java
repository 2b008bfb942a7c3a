package dev.talkmill.worker.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** Runs the worker until it is stopped. */
final class ServeCommand {

  private final Context context;

  ServeCommand(Context context) {
    this.context = context;
  }

  ExitCode run(List<String> args) {
    Arguments arguments = Arguments.parse(args, Set.of());
    arguments.refuseWords("serve");
    try (WorkerProcess worker = start(arguments)) {
      print(worker);
      context.stop().await();
      context.terminal().out().println("Stopping: running work gets its time to end.");
    }
    return ExitCode.OK;
  }

  private WorkerProcess start(Arguments arguments) {
    var environment = context.environment(arguments, arguments.settings());
    try {
      return context.starter().start(environment);
    } catch (RuntimeException failed) {
      throw WorkerSession.couldNotStart(failed, "The log above says more.");
    }
  }

  private void print(WorkerProcess worker) {
    PrintStream out = context.terminal().out();
    out.println(context.terminal().outInk().strong("Talkmill is running.") + " Ctrl-C stops it.");
    out.println("  HTTP door  " + worker.door());
    out.println("  Dashboard  " + worker.dashboard());
    out.println("  Metrics    " + worker.metrics());
    out.println(
        "  API key    "
            + worker.keyFile().map(Object::toString).orElse("as set by TALKMILL_API_KEY"));
    out.println("  Data       " + worker.dataDirectory());
    out.flush();
  }
}
