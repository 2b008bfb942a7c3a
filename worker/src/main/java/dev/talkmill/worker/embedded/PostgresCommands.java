package dev.talkmill.worker.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.security.auth.module.UnixSystem;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs PostgreSQL's programs, each within a limit of time, and keeps what they say. */
final class PostgresCommands {

  /** Enough for the reason of any failure. */
  private static final int OUTPUT_BYTES_MAX = 8_192;

  /** Characters that pg_ctl would hand to a shell inside double quotes. */
  private static final String SHELL_CHARACTERS = "\"$`\\\n";

  private final Path programs;
  private final Path home;
  private final List<String> prefix;

  private PostgresCommands(Path programs, Path home, List<String> prefix) {
    this.programs = programs;
    this.home = home;
    this.prefix = prefix;
  }

  /**
   * @param home absolute directory of the embedded server; output files are kept here
   */
  static PostgresCommands in(Path home) {
    String path = home.toString();
    if (path.chars().anyMatch(character -> SHELL_CHARACTERS.indexOf(character) >= 0)) {
      throw new EmbeddedServiceException(
          "The data directory "
              + home
              + " has a quote, dollar sign or backslash in its name; choose another.");
    }
    List<String> prefix = prefix(uid(), LinuxUtils.isUnshareAvailable());
    return new PostgresCommands(PostgresBinaries.unpack(home).resolve("bin"), home, prefix);
  }

  /** PostgreSQL refuses to run as root; in a user namespace of its own it is not root. */
  static List<String> prefix(long uid, boolean unshareAvailable) {
    if (uid != 0) {
      return List.of();
    }
    if (unshareAvailable) {
      return List.of("unshare", "-U");
    }
    throw new EmbeddedServiceException(
        "The embedded PostgreSQL cannot run as root on this machine, which blocks user namespaces;"
            + " start Talkmill as a non-root user, or set TALKMILL_DATABASE_URL.");
  }

  static long uid() {
    return new UnixSystem().getUid();
  }

  record Result(int exitCode, String output) {

    boolean ok() {
      return exitCode == 0;
    }

    /** The last line that was said, which names the reason. */
    String lastLine() {
      List<String> lines = output.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
      return lines.isEmpty() ? "no reason given (exit code " + exitCode + ")" : lines.getLast();
    }
  }

  Result run(Duration limit, String program, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(programs.resolve(program).toString());
    command.addAll(arguments);
    // A file, not a pipe: a server that pg_ctl leaves behind would hold a pipe open for ever.
    Path output = home.resolve(program + ".out");
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    try {
      return await(builder.start(), program, limit, output);
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "PostgreSQL's " + program + " cannot be run: " + e.getMessage(), e);
    }
  }

  private static Result await(Process process, String program, Duration limit, Path output) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new EmbeddedServiceException(
            "PostgreSQL's " + program + " did not end within " + limit.toSeconds() + " s");
      }
      return new Result(process.exitValue(), tail(output));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new EmbeddedServiceException("Interrupted while waiting for " + program, e);
    }
  }

  /** The end of a text file, or nothing where it cannot be read. */
  static String tail(Path file) {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long start = Math.max(0, in.length() - OUTPUT_BYTES_MAX);
      in.seek(start);
      byte[] bytes = new byte[(int) (in.length() - start)];
      in.readFully(bytes);
      return new String(bytes, UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
