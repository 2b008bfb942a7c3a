package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops the server on one cluster. It is started by {@code pg_ctl}, which puts it in a
 * session of its own: an interrupt typed at the terminal reaches the worker alone, which drains
 * first and stops the database last.
 */
final class Postmaster {

  private static final Logger log = LoggerFactory.getLogger(Postmaster.class);

  /** Ports tried before giving up: a port found free can be taken by somebody else meanwhile. */
  private static final int PORTS_MAX = 5;

  /** Replaying a full gigabyte of WAL from a slow disk after a crash ends well within this. */
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration EXIT_LIMIT = Duration.ofSeconds(10);
  private static final Duration COMMAND_SLACK = Duration.ofSeconds(15);

  private final PostgresCluster cluster;
  private final PostgresCommands commands;
  private final ServerProcesses processes;

  Postmaster(PostgresCluster cluster, PostgresCommands commands) {
    this.cluster = cluster;
    this.commands = commands;
    this.processes = new ServerProcesses(cluster.data());
  }

  /** Stops what an earlier process left running on our data when it was killed. */
  void stopLeftOver() {
    if (!processes.all().isEmpty()) {
      log.warn("A PostgreSQL server of an earlier run still works on {}", cluster.data());
      stop();
    }
    try {
      // Its process id may meanwhile be another program's, and PostgreSQL would refuse to start.
      if (Files.deleteIfExists(processes.pidFile())) {
        log.info("Removed the pid file of a PostgreSQL server that is gone");
      }
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "The file " + processes.pidFile() + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** Starts the server on the first of the ports that it gets; returns that port. */
  int start(IntSupplier ports) {
    for (int tried = 0; tried < PORTS_MAX; tried++) {
      int port = ports.getAsInt();
      cluster.configure(port);
      if (startOn()) {
        return port;
      }
      stop();
      if (isFree(port)) {
        break;
      }
      log.info("Port {} was taken by another program; trying another", port);
    }
    throw new EmbeddedServiceException(
        "The embedded PostgreSQL does not start"
            + cluster.lastFatalMessage().map(message -> " (" + message + ")").orElse("")
            + "; its log is in "
            + cluster.logs()
            + ".");
  }

  private boolean startOn() {
    return commands
        .run(
            START_LIMIT.plus(COMMAND_SLACK),
            "pg_ctl",
            List.of(
                "-D",
                cluster.data().toString(),
                "-l",
                cluster.startLog().toString(),
                "-w",
                "-t",
                Long.toString(START_LIMIT.toSeconds()),
                "start"))
        .ok();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Fast, then immediate, then killed; a commit that was acknowledged survives each of them. */
  void stop() {
    if (processes.postmaster().isPresent() && !stop("fast") && processes.postmaster().isPresent()) {
      stop("immediate");
    }
    List<ProcessHandle> left = processes.all();
    if (!awaitExit(left)) {
      List<ProcessHandle> stubborn = processes.all();
      stubborn.forEach(ProcessHandle::destroyForcibly);
      if (!awaitExit(stubborn)) {
        throw new EmbeddedServiceException(
            "A PostgreSQL server on "
                + cluster.data()
                + " cannot be stopped: process "
                + stubborn.getFirst().pid()
                + ".");
      }
    }
  }

  private boolean stop(String mode) {
    return commands
        .run(
            STOP_LIMIT.plus(COMMAND_SLACK),
            "pg_ctl",
            List.of(
                "-D",
                cluster.data().toString(),
                "-m",
                mode,
                "-w",
                "-t",
                Long.toString(STOP_LIMIT.toSeconds()),
                "stop"))
        .ok();
  }

  private static boolean awaitExit(List<ProcessHandle> left) {
    long deadline = System.nanoTime() + EXIT_LIMIT.toNanos();
    for (ProcessHandle process : left) {
      try {
        process.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
