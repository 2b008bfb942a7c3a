package dev.talkmill.worker.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the worker until it is stopped. */
final class ServeCommand {

  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  private final Context context;

  ServeCommand(Context context) {
    this.context = context;
  }

  ExitCode run(List<String> args) {
    Arguments arguments = Arguments.parse(args, Set.of());
    arguments.refuseWords("serve");
    try (WorkerProcess worker = start(arguments)) {
      sayRunning(worker);
      context.stop().await();
      say("Stopping: running work gets its time to end.");
    }
    say("Stopped.");
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

  /** For people on a terminal; elsewhere a collector reads, and every line is one of the log. */
  private void sayRunning(WorkerProcess worker) {
    String key = worker.keyFile().map(Path::toString).orElse("as set by TALKMILL_API_KEY");
    if (!context.terminal().outLive()) {
      log.info(
          "Talkmill is running: HTTP door {}, dashboard {}, metrics {}, API key {}, data {}",
          worker.door(),
          worker.dashboard(),
          worker.metrics(),
          key,
          worker.dataDirectory());
      return;
    }
    PrintStream out = context.terminal().out();
    out.println(context.terminal().outInk().strong("Talkmill is running.") + " Ctrl-C stops it.");
    out.println("  HTTP door  " + worker.door());
    out.println("  Dashboard  " + worker.dashboard());
    out.println(
        "             user admin, password TALKMILL_DASHBOARD_PASSWORD or else the API key");
    out.println("  Metrics    " + worker.metrics());
    out.println("  API key    " + key);
    out.println("  Data       " + worker.dataDirectory());
    out.flush();
  }

  private void say(String line) {
    if (context.terminal().outLive()) {
      context.terminal().out().println(line);
    } else {
      log.info(line);
    }
  }
}
