package dev.talkmill.worker.audio;

import static java.util.Objects.requireNonNull;

import dev.talkmill.config.AudioSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The recordings of src/test/resources/audio, which ops/samples/make-fixtures makes. */
final class AudioFiles {

  static final AudioSettings SETTINGS = settings(Duration.ofHours(26), Duration.ofSeconds(60));

  private AudioFiles() {}

  static AudioSettings settings(Duration lengthMax, Duration decodeTimeoutBase) {
    return new AudioSettings(
        1, Duration.ofMinutes(10), Duration.ofMinutes(5), lengthMax, decodeTimeoutBase);
  }

  static byte[] bytes(String name) {
    return resource("/audio/" + name);
  }

  static byte[] demo(String name) {
    return resource("/demo/" + name);
  }

  private static byte[] resource(String name) {
    try (InputStream in = requireNonNull(AudioFiles.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path write(Path directory, String name, byte[] bytes) {
    try {
      return Files.write(directory.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
