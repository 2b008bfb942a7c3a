package dev.talkmill.worker.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A directory that only its owner can read and that is gone when it is closed. */
final class TemporaryDirectory implements AutoCloseable {

  private final Path path;
  private final PrintStream complaints;

  private TemporaryDirectory(Path path, PrintStream complaints) {
    this.path = path;
    this.complaints = complaints;
  }

  static TemporaryDirectory create(PrintStream complaints) {
    try {
      return new TemporaryDirectory(
          Files.createTempDirectory("talkmill-").toAbsolutePath(), complaints);
    } catch (IOException failed) {
      throw CommandFailure.couldNotStart(
          "No temporary directory could be made in "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + failed.getMessage()
              + ". Make room there, or name another place with TMPDIR.",
          failed);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      Files.walkFileTree(path, new Removal());
    } catch (IOException failed) {
      complaints.println("talkmill: " + path + " could not be removed: " + failed.getMessage());
    }
  }

  /** Removes what it meets, links and not what they point to. */
  private static final class Removal extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
      // A file that went away by itself is no failure.
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? super.visitFileFailed(file, failed)
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed)
        throws IOException {
      if (failed != null) {
        throw failed;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
