package dev.talkmill.chaos;

import com.sun.security.auth.module.UnixSystem;
import dev.talkmill.chaos.check.DatabaseAddress;
import dev.talkmill.worker.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The database of a run, with the settings that users get, and the hand that breaks it. */
final class PostgresServer implements AutoCloseable {

  private static final Duration COMMAND_MAX = Duration.ofMinutes(2);
  private static final Duration GONE_MAX = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Path home;
  private final EmbeddedPostgres server;

  PostgresServer(Path home) {
    this.home = home;
    this.server = EmbeddedPostgres.start(home);
  }

  DatabaseAddress address() {
    return new DatabaseAddress(server.jdbcUrl(), server.username(), server.password());
  }

  /** Where it listens, before and after every stop. */
  int port() {
    return URI.create(server.jdbcUrl().substring("jdbc:".length())).getPort();
  }

  /** Stops it, and returns when none of its processes is left. */
  void stop(PostgresStop how) {
    try {
      long pid = Long.parseLong(Files.readAllLines(data().resolve("postmaster.pid")).getFirst());
      run(List.of("kill", "-s", how.signal(), Long.toString(pid)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long deadline = System.nanoTime() + GONE_MAX.toNanos();
    while (isWorking()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("PostgreSQL does not stop: " + how);
      }
      Pause.of(POLL);
    }
  }

  /** Starts it on the same port, and returns when it takes connections. */
  void start() {
    try {
      // Of one that was killed; nobody may have taken note of its end yet, and so it would pass for
      // another that still runs.
      boolean _ = Files.deleteIfExists(data().resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> line = new ArrayList<>();
    if (new UnixSystem().getUid() == 0) {
      line.addAll(List.of("unshare", "-U"));
    }
    line.addAll(List.of(program("pg_ctl"), "-D", data().toString(), "-w", "-t", "60", "-l"));
    line.addAll(List.of(home.resolve("restarts.log").toString(), "start"));
    run(line);
  }

  private Path data() {
    return home.resolve("data");
  }

  private String program(String name) {
    try (Stream<Path> below = Files.list(home)) {
      return below
          .filter(each -> each.getFileName().toString().startsWith("binaries-"))
          .map(each -> each.resolve("bin").resolve(name))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no " + name + " in " + home))
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All PostgreSQL processes have the data directory as working directory. */
  private boolean isWorking() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.anyMatch(this::isOurs);
    }
  }

  private boolean isOurs(ProcessHandle process) {
    Path entry = Path.of("/proc", Long.toString(process.pid()));
    try {
      return Files.readSymbolicLink(entry.resolve("exe")).endsWith("postgres")
          && Files.readSymbolicLink(entry.resolve("cwd")).equals(data().toRealPath());
    } catch (IOException e) {
      return false; // It has just ended, or is nobody's business.
    }
  }

  private void run(List<String> line) {
    try {
      Process process =
          new ProcessBuilder(line)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(home.resolve("commands.log").toFile()))
              .start();
      if (!process.waitFor(COMMAND_MAX.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(
            "it failed: %s%n%s%s"
                .formatted(String.join(" ", line), tail("commands.log"), tail("restarts.log")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String tail(String log) {
    try {
      List<String> lines = Files.readAllLines(home.resolve(log));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size())) + "\n";
    } catch (IOException e) {
      return e + "\n";
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
