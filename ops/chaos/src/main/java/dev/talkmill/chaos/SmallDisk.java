package dev.talkmill.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A file system in memory that only one process sees and that ends with it: it is mounted in a
 * mount namespace of its own, so nothing is left to unmount. It is filled from outside through
 * {@code /proc}.
 */
final class SmallDisk {

  private static final long SECONDS_MAX = 10;
  private static final int BLOCK_BYTES = 64 * 1024;

  private SmallDisk() {}

  /** What a command line begins with to see a directory as a file system of so many megabytes. */
  static List<String> prefix(Path directory, int megabytes) {
    String mount = "mount -t tmpfs -o size=%dm none \"$0\" && exec \"$@\"".formatted(megabytes);
    return List.of("unshare", "-m", "sh", "-c", mount, directory.toString());
  }

  /** Why it cannot be had here, if it can't. */
  static Optional<String> unavailable(Path directory) {
    List<String> line = new ArrayList<>(prefix(directory, 1));
    line.add("true");
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("a tmpfs takes too long to mount");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of("no tmpfs may be mounted here; it takes root");
    } catch (IOException e) {
      return Optional.of("there is no unshare: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Writes until nothing more goes in; returns how many bytes that were. */
  static long fill(ProcessHandle process, Path directory) {
    long written = 0;
    try (OutputStream out = Files.newOutputStream(filler(process, directory))) {
      byte[] block = new byte[BLOCK_BYTES];
      while (true) {
        out.write(block);
        written += block.length;
      }
    } catch (IOException e) {
      return written; // It is full.
    }
  }

  /** Makes room again. */
  static void empty(ProcessHandle process, Path directory) throws IOException {
    boolean _ = Files.deleteIfExists(filler(process, directory));
  }

  private static Path filler(ProcessHandle process, Path directory) {
    return Path.of("/proc", Long.toString(process.pid()), "root" + directory, "filler");
  }
}
