package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.ConfigurableEnvironment;

/** Signals, on a real process. */
class SignalTest {

  private static final int SIGTERM_EXIT = 128 + 15;

  @TempDir Path directory;

  @Test
  void aSignalClosesTheWorkerAndRemovesItsDataBeforeTheProcessEnds() throws Exception {
    try (FakeDoor door = new FakeDoor()) {
      door.tell("*", Looks.waiting());
      Files.write(directory.resolve("a b.mp3"), new byte[10]);
      Process process = start(door, "transcribe", "a b.mp3");
      try (BufferedReader err = process.errorReader()) {
        String line = err.readLine();
        while (line != null && !line.contains("preparing")) {
          line = err.readLine();
        }
        assertThat(line).isNotNull();
        // SIGTERM takes the way of SIGINT, and no parent can have it ignored for us. The handle
        // leaves the streams open.
        process.toHandle().destroy();
        assertThat(err.lines()).contains("talkmill: stopped.");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
      }
      assertThat(directory.resolve("closed")).exists();
      try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  private Process start(FakeDoor door, String... args) throws IOException {
    Path tmp = Files.createDirectories(directory.resolve("tmp"));
    var command =
        new java.util.ArrayList<>(
            java.util.List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + tmp,
                "-cp",
                System.getProperty("java.class.path", "")
                    .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator),
                Main.class.getName(),
                door.uri().toString(),
                directory.resolve("closed").toString()));
    command.addAll(java.util.List.of(args));
    return new ProcessBuilder(command).directory(directory.toFile()).start();
  }

  /** A process whose worker is the door of the test. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      Terminal terminal =
          Terminal.of(System.out, System.err, System.getProperties(), System.getenv());
      String[] rest = Stream.of(args).skip(2).toArray(String[]::new);
      System.exit(
          Cli.run(
              rest,
              terminal,
              environment -> new Remote(environment, URI.create(args[0]), Path.of(args[1]))));
    }
  }

  private record Remote(ConfigurableEnvironment environment, URI door, Path closed)
      implements WorkerProcess {

    @Override
    public URI dashboard() {
      return door;
    }

    @Override
    public URI metrics() {
      return door;
    }

    @Override
    public Path dataDirectory() {
      return Path.of(environment.getProperty("talkmill.data-dir"));
    }

    @Override
    public Optional<Path> keyFile() {
      return Optional.empty();
    }

    @Override
    public String adminKey() {
      return FakeDoor.KEY;
    }

    @Override
    public void close() {
      try {
        Files.createFile(closed);
      } catch (IOException failed) {
        throw new java.io.UncheckedIOException(failed);
      }
    }
  }
}
