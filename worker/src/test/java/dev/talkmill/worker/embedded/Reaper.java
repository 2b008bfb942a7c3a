package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Sees to it that nothing works below a directory any more once this JVM has died, however it dies:
 * then its end of a pipe is closed, and a shell at the other end kills what has its working
 * directory there, and removes the directory. Servers are told first to stop at once, so that
 * PostgreSQL gives its shared memory back. Needs {@code /proc}; without it only files are removed.
 */
public final class Reaper implements AutoCloseable {

  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      read -r word && exit 0
      each() {
        for entry in /proc/[0-9]*; do
          at=$(readlink "$entry/cwd" 2>/dev/null) || continue
          case $at in
          "$1" | "$1"/*)
            signal=KILL
            case $2$(cat "$entry/comm" 2>/dev/null) in gently*postgres*) signal=QUIT ;; esac
            kill -s "$signal" "${entry#/proc/}" 2>/dev/null
            ;;
          esac
        done
      }
      each "$1" gently
      sleep 2
      each "$1" roughly
      rm -rf "$1"
      """;

  private final Process shell;

  private Reaper(Process shell) {
    this.shell = shell;
  }

  /** Watches over a directory from now on until it is closed. */
  public static Reaper over(Path directory) {
    try {
      // Its own working directory is elsewhere, and its output is nobody's pipe.
      return new Reaper(
          new ProcessBuilder("sh", "-c", SCRIPT, "reaper", directory.toRealPath().toString())
              .directory(Path.of("/").toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All was stopped in order: nothing is left to do. */
  @Override
  public void close() {
    try (OutputStream in = shell.getOutputStream()) {
      in.write("done\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("nobody watches over the directory", e);
    }
  }
}
