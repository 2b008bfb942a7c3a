package dev.talkmill.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One place in the fleet: a directory and ports, in which one worker lives after the other. */
final class WorkerProcess {

  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String ACCESS_LOG = "talkmill.access";
  private static final int TAIL_LINES = 15;
  private static final int TAIL_COLUMNS = 600;
  private static final Duration SIGNAL = Duration.ofSeconds(5);

  private final String name;
  private final Path data;
  private final WorkerCommand command;
  private final int http = Ports.free();
  private final int management = Ports.free();
  private final HttpClient probe = HttpClient.newHttpClient();
  private int lives;
  private @Nullable Process process;

  WorkerProcess(String name, Path data, WorkerCommand command) throws IOException {
    this.name = name;
    this.data = Files.createDirectories(data);
    this.command = command;
  }

  URI door() {
    return URI.create("http://127.0.0.1:" + http);
  }

  /**
   * Starts the next life.
   *
   * @param settings by the names of their environment variables; {@code NAME} in a value stands for
   *     the name of this life, which no other has
   */
  void start(Map<String, String> settings, Life suffered) {
    String life = "%s-%d".formatted(name, ++lives);
    try {
      Path temporary = Files.createDirectories(data.resolve("tmp"));
      Path own = Files.createDirectories(data.resolve("data"));
      ProcessBuilder builder =
          new ProcessBuilder(command.line(own, temporary, suffered))
              .directory(data.toFile())
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(data.resolve("log").toFile()));
      Map<String, String> environment = builder.environment();
      environment
          .keySet()
          .removeIf(each -> each.startsWith("TALKMILL_") || each.endsWith("_OPTIONS"));
      settings.forEach((key, value) -> environment.put(key, value.replace("NAME", life)));
      environment.put("TALKMILL_DATA_DIR", own.toString());
      environment.put("TALKMILL_HTTP_PORT", Integer.toString(http));
      environment.put("TALKMILL_MANAGEMENT_PORT", Integer.toString(management));
      environment.put("TALKMILL_DASHBOARD_PORT", "0");
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return running;
  }

  /** Its own, with all that it leaves behind. */
  Path directory() {
    return data;
  }

  /** What a worker keeps. */
  Path data() {
    return data.resolve("data");
  }

  ProcessHandle handle() {
    return process().toHandle();
  }

  /** Waits for readiness; false if it ends, or the limit is over. */
  boolean awaitReady(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (process().isAlive() && System.nanoTime() < deadline) {
      if (isReady()) {
        return true;
      }
      Pause.of(POLL);
    }
    return false;
  }

  boolean isReady() {
    URI uri = URI.create("http://127.0.0.1:" + management + "/actuator/health/readiness");
    try {
      return probe
              .send(HttpRequest.newBuilder(uri).timeout(ANSWER).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** How it ended, if it did within the limit. */
  OptionalInt awaitEnd(Duration limit) {
    try {
      return process().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
          ? OptionalInt.of(process().exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** {@code kill -9}. */
  void kill() {
    process().destroyForcibly();
    awaitEnd(SIGNAL);
  }

  /** SIGTERM. */
  void terminate() {
    process().destroy();
  }

  /** Every thread stands still, and the world does not. */
  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    List<String> line = List.of("kill", "-s", signal, Long.toString(process().pid()));
    try {
      Process sent = new ProcessBuilder(line).start();
      if (!sent.waitFor(SIGNAL.toSeconds(), TimeUnit.SECONDS) || sent.exitValue() != 0) {
        throw new IllegalStateException("no signal could be sent to " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The end of what all its lives have printed. */
  String logTail() {
    try {
      List<String> lines =
          Files.readAllLines(data.resolve("log")).stream()
              .filter(line -> !line.contains(ACCESS_LOG))
              .map(line -> line.substring(0, Math.min(line.length(), TAIL_COLUMNS)))
              .toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
