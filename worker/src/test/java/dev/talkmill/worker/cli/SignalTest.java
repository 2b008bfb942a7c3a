package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.ConfigurableEnvironment;

/** Signals, on a real process. */
class SignalTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void aSignalClosesTheWorkerAndRemovesItsDataBeforeTheProcessEnds(String signal, int exitCode)
      throws Exception {
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
        assumeFalse(
            signal.equals("INT") && ignoresInterrupts(process),
            "whoever started these tests in the background has SIGINT ignored for all");
        send(signal, process);
        assertThat(err.lines()).contains("talkmill: stopped.");
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exitCode);
      }
      assertThat(directory.resolve("closed")).exists();
      try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void theHelpNamesTheExitCodeOfEachSignal(String signal, int exitCode) throws IOException {
    String help = resource("/help/talkmill.txt");
    assertThat(help).contains(exitCode + " stopped by SIG" + signal);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = SignalTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void send(String signal, Process process) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  /** What a shell does to its background jobs, and every process hands on. */
  private static boolean ignoresInterrupts(Process process) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
        .anyMatch(ignored -> (ignored & 1 << 2 - 1) != 0);
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
