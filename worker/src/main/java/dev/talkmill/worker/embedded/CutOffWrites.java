package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the file store leaves behind when its process dies in the middle of a write: it writes to
 * {@code <key>-<uuid>} and then moves the file to its key. Nobody would ever remove these copies of
 * what people said. Keys of ours end in a UUID, a number or a suffix, and never in two UUIDs.
 */
final class CutOffWrites {

  private static final Logger log = LoggerFactory.getLogger(CutOffWrites.class);

  private static final Pattern NAME =
      Pattern.compile(".+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private CutOffWrites() {}

  /** Whether a file or key of this name is a write that is not, and may never be, an object. */
  static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }

  /** Removes them from a bucket; to be called while nobody writes to it. */
  static void remove(Path bucket) throws IOException {
    int[] removed = {0};
    Files.walkFileTree(
        bucket,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (isOne(file.getFileName().toString())) {
              Files.deleteIfExists(file);
              removed[0]++;
            }
            return FileVisitResult.CONTINUE;
          }
        });
    if (removed[0] > 0) {
      log.info("Removed {} writes that had been cut off", removed[0]);
    }
  }
}
