package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.SettingsError;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.NestedExceptionUtils;

/** A worker for one command: free ports, a data directory of its own, and nothing left after it. */
final class WorkerSession implements AutoCloseable {

  private static final String DASHBOARD_PASSWORD = "talkmill.dashboard-password";

  private final Context context;
  private final TemporaryDirectory data;
  private final WorkerProcess worker;
  private final DoorClient door;
  private final Path log;
  private final String dashboardPassword;

  private WorkerSession(
      Context context,
      TemporaryDirectory data,
      WorkerProcess worker,
      Path log,
      String dashboardPassword) {
    this.context = context;
    this.data = data;
    this.worker = worker;
    this.log = log;
    this.dashboardPassword = dashboardPassword;
    this.door = new DoorClient(worker.door(), worker.adminKey(), context.stop());
  }

  static WorkerSession open(Context context, Arguments arguments) {
    TemporaryDirectory data = TemporaryDirectory.create(context.terminal().err());
    Path log = data.path().resolveSibling(data.path().getFileName() + ".log");
    try {
      String password =
          arguments
              .settings()
              .getOrDefault(
                  DASHBOARD_PASSWORD, HexFormat.of().toHexDigits(new SecureRandom().nextLong()));
      var environment =
          context.environment(arguments, settings(arguments, data.path(), log, password));
      WorkerProcess worker = context.starter().start(environment);
      WorkerSession session = new WorkerSession(context, data, worker, log, password);
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
  private static Map<String, String> settings(
      Arguments arguments, Path data, Path log, String password) {
    Map<String, String> settings = new HashMap<>();
    settings.put("talkmill.data-dir", data.resolve("data").toString());
    settings.put("talkmill.http-port", "0");
    settings.put("talkmill.management-port", "0");
    settings.put("talkmill.dashboard-port", "0");
    settings.put(DASHBOARD_PASSWORD, password);
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
    Optional<String> port = portInUse(failed);
    if (port.isPresent()) {
      return CommandFailure.couldNotStart("The worker did not start. " + port.get(), failed);
    }
    String reason = NestedExceptionUtils.getMostSpecificCause(failed).getMessage();
    if (reason == null) {
      reason = NestedExceptionUtils.getMostSpecificCause(failed).getClass().getSimpleName();
    }
    String line = reason.lines().findFirst().orElse(reason);
    return CommandFailure.couldNotStart(
        "The worker did not start: " + line + (line.endsWith(".") ? " " : ". ") + more, failed);
  }

  /** The system says only that an address is in use, not which. */
  private static Optional<String> portInUse(Throwable failed) {
    for (Throwable each = failed; each != null; each = each.getCause()) {
      if (each instanceof PortInUseException taken) {
        return Optional.of(
            ("Port %d is in use by another program. Stop that, or set the one of"
                    + " TALKMILL_HTTP_PORT and TALKMILL_MANAGEMENT_PORT that names it to another"
                    + " port, or to 0 for a free one.")
                .formatted(taken.getPort()));
      }
      if (each.getCause() instanceof BindException) {
        return Optional.ofNullable(each.getMessage());
      }
    }
    return Optional.empty();
  }

  private void takeSignals() {
    try {
      context.stop().interruptFromHere();
    } catch (StoppedException stopped) {
      close();
      throw stopped;
    }
  }

  /** Of the user {@code admin} of the dashboard, as long as this session lasts. */
  String dashboardPassword() {
    return dashboardPassword;
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
