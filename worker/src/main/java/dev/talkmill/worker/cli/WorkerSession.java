package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.SettingsError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.core.NestedExceptionUtils;

/** A worker for one command: free ports, a data directory of its own, and nothing left after it. */
final class WorkerSession implements AutoCloseable {

  private final Context context;
  private final TemporaryDirectory data;
  private final WorkerProcess worker;
  private final DoorClient door;
  private final Path log;

  private WorkerSession(Context context, TemporaryDirectory data, WorkerProcess worker, Path log) {
    this.context = context;
    this.data = data;
    this.worker = worker;
    this.log = log;
    this.door = new DoorClient(worker.door(), worker.adminKey(), context.stop());
  }

  static WorkerSession open(Context context, Arguments arguments) {
    TemporaryDirectory data = TemporaryDirectory.create(context.terminal().err());
    Path log = data.path().resolveSibling(data.path().getFileName() + ".log");
    try {
      var environment = context.environment(arguments, settings(arguments, data.path(), log));
      WorkerProcess worker = context.starter().start(environment);
      WorkerSession session = new WorkerSession(context, data, worker, log);
      session.takeSignals();
      return session;
    } catch (SettingsError | StoppedException ended) {
      data.close();
      throw ended;
    } catch (RuntimeException failed) {
      data.close();
      context.stop().check();
      throw couldNotStart(failed, "Its log is " + log + ".");
    }
  }

  /** What is named on the command line goes before what a session of its own sets. */
  private static Map<String, String> settings(Arguments arguments, Path data, Path log) {
    Map<String, String> settings = new HashMap<>();
    settings.put("talkmill.data-dir", data.resolve("data").toString());
    settings.put("talkmill.http-port", "0");
    settings.put("talkmill.management-port", "0");
    settings.put("talkmill.dashboard-port", "0");
    settings.put("logging.file.name", log.toString());
    settings.put("logging.threshold.console", "off");
    settings.put("spring.main.banner-mode", "off");
    settings.putAll(arguments.settings());
    return settings;
  }

  static CommandFailure couldNotStart(RuntimeException failed, String more) {
    if (failed instanceof SettingsError) {
      throw failed;
    }
    String reason = NestedExceptionUtils.getMostSpecificCause(failed).getMessage();
    if (reason == null) {
      reason = NestedExceptionUtils.getMostSpecificCause(failed).getClass().getSimpleName();
    }
    String line = reason.lines().findFirst().orElse(reason);
    return CommandFailure.couldNotStart(
        "The worker did not start: " + line + (line.endsWith(".") ? " " : ". ") + more, failed);
  }

  private void takeSignals() {
    try {
      context.stop().interruptFromHere();
    } catch (StoppedException stopped) {
      close();
      throw stopped;
    }
  }

  WorkerProcess worker() {
    return worker;
  }

  DoorClient door() {
    return door;
  }

  Follower follower() {
    return new Follower(door, context.stop(), context.poll(), context.clock());
  }

  @Override
  public void close() {
    context.stop().leaveAlone();
    try (data) {
      door.close();
      worker.close();
    }
    try {
      Files.deleteIfExists(log);
    } catch (IOException failed) {
      context.terminal().err().println("talkmill: " + log + " could not be removed.");
    }
  }
}
