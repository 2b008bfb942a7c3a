package dev.talkmill.chaos;

import dev.talkmill.chaos.check.CheckerApplication;
import dev.talkmill.chaos.check.DatabaseAddress;
import dev.talkmill.chaos.check.Expected;
import dev.talkmill.chaos.check.Promise;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Starts the checker, a process that shares nothing with the run but what the run has left. */
final class Checker {

  private static final long MINUTES_MAX = 10;

  private Checker() {}

  /**
   * What the checker said.
   *
   * @param lines of its output
   */
  record Answer(boolean good, List<String> lines) {}

  /**
   * Asks it; what it prints is printed here, too.
   *
   * @param broken the promise that must have been broken; empty if none may be
   */
  static Answer ask(Stand stand, Expected expected, Optional<Promise> broken, PrintStream out)
      throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of(
                WorkerCommand.java(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                CheckerApplication.class.getName(),
                stand.acknowledgements().toString(),
                stand.faultLog().toString(),
                expected.word()));
    broken.ifPresent(promise -> line.add(promise.name()));
    Path said = stand.acknowledgements().resolveSibling("checker.log");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
    name(stand, builder.environment());
    Process process = builder.start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("the checker does not end");
    }
    List<String> lines = Files.readAllLines(said);
    lines.forEach(out::println);
    return new Answer(process.exitValue() == 0, lines);
  }

  private static void name(Stand stand, Map<String, String> environment) {
    DatabaseAddress database = stand.postgres().address();
    environment.put("CHAOS_DATABASE_URL", database.url());
    environment.put("CHAOS_DATABASE_USERNAME", database.username());
    environment.put("CHAOS_DATABASE_PASSWORD", database.password());
    environment.put("CHAOS_S3_ENDPOINT", stand.s3().endpoint().toString());
    environment.put("CHAOS_S3_ACCESS_KEY_ID", stand.s3().accessKeyId());
    environment.put("CHAOS_S3_SECRET_ACCESS_KEY", stand.s3().secretAccessKey());
    environment.put("CHAOS_S3_BUCKET", Stand.BUCKET);
  }
}
