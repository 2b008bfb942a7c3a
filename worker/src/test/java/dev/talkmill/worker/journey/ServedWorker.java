package dev.talkmill.worker.journey;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.worker.WorkerApplication;
import dev.talkmill.worker.embedded.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code talkmill serve} as a process, on this test's class path: started, killed, stopped and
 * started again on one data directory and one port.
 */
final class ServedWorker implements AutoCloseable {

  static final String KEY = "tm_key-of-the-journey-tests";

  private static final Duration READY = Duration.ofMinutes(5);
  private static final Duration KILLED = Duration.ofMinutes(2);

  private final DataDirectory data;
  private final Path log;
  private final int port;
  private final int managementPort;
  private final int dashboardPort;
  private final Map<String, String> settings = new HashMap<>();
  private final Reaper reaper;
  private Process process;

  /**
   * Prepares one.
   *
   * @param settings further variables of its environment; an empty one unsets what is the default
   *     here
   */
  ServedWorker(Path directory, Map<String, String> settings) {
    this.data = new DataDirectory(directory.toAbsolutePath().resolve("data"));
    this.log = directory.resolve("worker.log");
    this.port = FreePort.find();
    this.managementPort = FreePort.find();
    this.dashboardPort = FreePort.find();
    this.settings.putAll(
        Map.of(
            "TALKMILL_DATA_DIR", data.root().toString(),
            "TALKMILL_HTTP_PORT", Integer.toString(port),
            "TALKMILL_MANAGEMENT_PORT", Integer.toString(managementPort),
            "TALKMILL_DASHBOARD_PORT", Integer.toString(dashboardPort),
            "TALKMILL_API_KEY", KEY));
    this.settings.putAll(settings);
    this.settings.values().removeIf(String::isEmpty);
    this.reaper = Reaper.over(directory);
  }

  DataDirectory data() {
    return data;
  }

  Client client() {
    return new Client(at(port), KEY);
  }

  URI management() {
    return at(managementPort);
  }

  URI dashboard() {
    return at(dashboardPort);
  }

  private static URI at(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Starts the process and waits until its door is open. */
  ServedWorker start() {
    launch();
    Await.until(this::isOpen, open -> open, READY);
    return this;
  }

  /** Starts the process and waits until it has given up; the exit code. */
  int startInVain(Duration limit) throws InterruptedException {
    launch();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the worker did not give up within " + limit + ":\n" + log());
    }
    return process.exitValue();
  }

  /** Starts the process and does not wait. */
  void launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(WorkerApplication.class.getName(), "serve"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(log.toAbsolutePath().getParent().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TALKMILL_"));
    builder.environment().putAll(settings);
    builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isOpen() {
    if (!process.isAlive()) {
      throw new AssertionError("the worker ended with " + process.exitValue() + ":\n" + log());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** All that it has written, on whichever stream. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for something that it writes after its door is open. */
  void awaitLine(String part) {
    Await.until(this::log, log -> log.contains(part), READY);
  }

  /** Kill -9 of the worker alone: its database lives on, its decoders notice by themselves. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(KILLED.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the worker cannot be killed");
    }
  }

  /** SIGTERM, and the exit code once the process has ended. */
  int stop(Duration limit) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the worker did not end within " + limit + ":\n" + log());
    }
    return process.exitValue();
  }

  /** Leaves nothing behind, whatever a test has come to. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    data.processes().forEach(ProcessHandle::destroyForcibly);
    reaper.close();
  }
}
