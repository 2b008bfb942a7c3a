package dev.talkmill.worker.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A request's body in a file, which is gone when this is closed.
 *
 * @param sha256 lower-case hex
 */
record ScratchBody(Path file, long bytes, String sha256) implements AutoCloseable {

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
