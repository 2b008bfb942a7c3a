package dev.talkmill.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A worker as a process of its own, with everything embedded that the settings do not name. */
final class ServedWorker implements AutoCloseable {

  static final String KEY = "tm_key-of-the-bench";

  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Its drain is 20 s at most; making an ahead-of-time cache takes some 10 s more. */
  private static final Duration STOP = Duration.ofSeconds(60);

  private final Path data;
  private final Path log;
  private final Process process;
  private final URI door;
  private final Duration ready;

  /**
   * Starts one and waits until its readiness probe answers 200.
   *
   * @param command see {@link WorkerJava}
   * @param data its data directory; beside it, {@code NAME.log} gets what it prints
   * @param settings further settings, by the names of their environment variables
   */
  ServedWorker(List<String> command, Path data, Map<String, String> settings) {
    this.data = data.toAbsolutePath();
    this.log = this.data.resolveSibling(data.getFileName() + ".log");
    int http = freePort();
    int management = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(withTemporary(command, this.data.resolveSibling("tmp")))
            .directory(this.data.resolveSibling(".").toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    Map<String, String> environment = builder.environment();
    environment
        .keySet()
        .removeIf(name -> name.startsWith("TALKMILL_") || name.endsWith("_OPTIONS"));
    environment.putAll(settings);
    environment.put("TALKMILL_DATA_DIR", this.data.toString());
    environment.put("TALKMILL_HTTP_PORT", Integer.toString(http));
    environment.put("TALKMILL_MANAGEMENT_PORT", Integer.toString(management));
    environment.put("TALKMILL_DASHBOARD_PORT", "0");
    environment.put("TALKMILL_API_KEY", KEY);
    this.door = URI.create("http://127.0.0.1:" + http);
    long start = System.nanoTime();
    try {
      this.process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReadyOrClose(management, start + START.toNanos());
    this.ready = Duration.ofNanos(System.nanoTime() - start);
  }

  /** Temporary files of a process that is killed would be nobody's. */
  private static List<String> withTemporary(List<String> command, Path directory) {
    try {
      List<String> line = new ArrayList<>(command);
      line.add(1, "-Djava.io.tmpdir=" + Files.createDirectories(directory));
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReadyOrClose(int port, long deadline) {
    boolean up = false;
    try {
      awaitReady(port, deadline);
      up = true;
    } finally {
      if (!up) {
        close();
      }
    }
  }

  private void awaitReady(int port, long deadline) {
    URI probe = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
    HttpRequest request = HttpRequest.newBuilder(probe).timeout(ANSWER).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isReady(client, request)) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException("the worker does not come up:\n" + log());
        }
        Thread.sleep(POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static boolean isReady(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** From the start of the process to the first answer of readiness. */
  Duration ready() {
    return ready;
  }

  URI door() {
    return door;
  }

  Path data() {
    return data;
  }

  ProcessMemory memory() {
    return ProcessMemory.of(process.toHandle(), data);
  }

  /** What it has printed. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM; where that does not help in time, SIGKILL, also for its PostgreSQL. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    ProcessMemory.workingBelow(data).forEach(ProcessHandle::destroyForcibly);
  }
}
