package dev.talkmill.worker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.env.ConfigurableEnvironment;

/** Runs commands in this process against the fake door. */
final class CliHarness implements AutoCloseable, WorkerStarter {

  final FakeDoor door = new FakeDoor();
  final StopSignal stop = new StopSignal();
  final List<ConfigurableEnvironment> started = new CopyOnWriteArrayList<>();
  final List<String> closed = new CopyOnWriteArrayList<>();
  final CountDownLatch running = new CountDownLatch(1);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicLong ticks = new AtomicLong();
  private final Path directory;
  boolean live = false;
  boolean colour = false;
  RuntimeException refusal;

  CliHarness(Path directory) throws IOException {
    this.directory = directory;
  }

  int run(String... args) {
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            live,
            live,
            colour,
            80);
    // Every look at the clock takes a second, so that shown times are the same in every run.
    InstantSource clock = () -> Instant.ofEpochSecond(ticks.incrementAndGet());
    return new Cli(
            new Context(terminal, this, clock, directory, stop, Duration.ofMillis(1), "cli-sample"))
        .run(args);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }

  Path dataDirectory() {
    return Path.of(
        started.getFirst().getProperty("talkmill.data-dir", directory.resolve("data").toString()));
  }

  @Override
  public WorkerProcess start(ConfigurableEnvironment environment) {
    started.add(environment);
    if (refusal != null) {
      throw refusal;
    }
    try {
      java.nio.file.Files.createDirectories(dataDirectory().resolve("postgres/base"));
      java.nio.file.Files.writeString(dataDirectory().resolve("postgres/base/1"), "x");
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
    running.countDown();
    return new Running();
  }

  @Override
  public void close() {
    door.close();
  }

  private final class Running implements WorkerProcess {

    @Override
    public URI door() {
      return door.uri();
    }

    @Override
    public URI dashboard() {
      return URI.create("http://localhost:18000");
    }

    @Override
    public URI metrics() {
      return URI.create("http://localhost:19090/actuator/prometheus");
    }

    @Override
    public Path dataDirectory() {
      return CliHarness.this.dataDirectory();
    }

    @Override
    public Optional<Path> keyFile() {
      return Optional.of(dataDirectory().resolve("api-key"));
    }

    @Override
    public String adminKey() {
      return FakeDoor.KEY;
    }

    @Override
    public void close() {
      closed.add(Thread.currentThread().isInterrupted() ? "interrupted" : "in peace");
    }
  }
}
