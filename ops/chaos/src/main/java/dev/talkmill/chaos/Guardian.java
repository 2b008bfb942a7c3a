package dev.talkmill.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Ends what works below a directory and removes it, however this process ends: a shell waits for
 * the end of a pipe that only this process holds open. A shutdown hook would not run when the
 * process is killed, and would race with what still runs when it is interrupted.
 *
 * <p>PostgreSQL is first asked to stop at once, which removes its shared memory, and then killed.
 * Only PostgreSQL, Java and FFmpeg are ended: somebody may look around in the directory.
 */
final class Guardian implements AutoCloseable {

  /** Beyond the rounds of the script. */
  private static final long SECONDS_MAX = 60;

  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      cat >/dev/null
      round=0
      while [ $round -lt 20 ]; do
        round=$((round + 1))
        found=
        for process in /proc/[0-9]*; do
          case $(readlink "$process/cwd" 2>/dev/null) in "$1" | "$1"/*) ;; *) continue ;; esac
          signal=KILL
          case $(readlink "$process/exe" 2>/dev/null) in
          */postgres) [ $round -gt 5 ] || signal=QUIT ;;
          */java | */ffmpeg) ;;
          *) continue ;;
          esac
          found=yes
          kill -s "$signal" "${process#/proc/}" 2>/dev/null
        done
        if [ ! -d /proc/self ] && [ $round -eq 1 ] && [ -f "$1/postgres/data/postmaster.pid" ]; then
          found=yes
          kill -s QUIT "$(head -n 1 "$1/postgres/data/postmaster.pid")" 2>/dev/null
        fi
        if [ -z "$found" ] && rm -rf "$1"; then exit 0; fi
        sleep 0.5
      done
      exit 1
      """;

  private final Path directory;
  private final Process shell;

  private Guardian(Path directory, Process shell) {
    this.directory = directory;
    this.shell = shell;
  }

  /**
   * Guards a directory from now on.
   *
   * @param directory real and absolute; all of it is removed in the end
   */
  static Guardian of(Path directory) {
    try {
      return new Guardian(
          directory,
          new ProcessBuilder("sh", "-c", SCRIPT, "chaos-guardian", directory.toString())
              .directory(Path.of("/").toFile())
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Command lines of the Java processes that work below a directory. */
  static List<String> working(Path directory) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(process -> isJavaBelow(process, directory))
          .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
          .toList();
    }
  }

  private static boolean isJavaBelow(ProcessHandle process, Path directory) {
    Path entry = Path.of("/proc", Long.toString(process.pid()));
    try {
      return Files.readSymbolicLink(entry.resolve("exe")).endsWith("java")
          && Files.readSymbolicLink(entry.resolve("cwd")).startsWith(directory);
    } catch (IOException e) {
      return false; // It has just ended, or is nobody's business.
    }
  }

  /** Ends and removes now. */
  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
      if (!shell.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || shell.exitValue() != 0) {
        throw new IllegalStateException("not everything below " + directory + " is gone");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
