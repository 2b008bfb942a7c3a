package dev.talkmill.jobs.stage;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Local files that one stage leaves for the next in the same process. They are a convenience and
 * never the truth: a stage that misses one makes it again. A file appears under its name in one
 * step, when it is whole, so two attempts that make the same one do not disturb each other.
 */
public final class Scratch {

  private final Path root;
  private final InstantSource clock;

  /**
   * Uses a directory of its own.
   *
   * @param root made if it is not there
   */
  public Scratch(Path root, InstantSource clock) {
    this.root = root;
    this.clock = clock;
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new UncheckedIOException("the scratch directory could not be made: " + root, e);
    }
  }

  /** The original bytes of a chunk. */
  public Path original(UUID chunk) {
    return root.resolve(chunk + ".original");
  }

  /** 16 kHz mono WAV of a chunk. */
  public Path wav(UUID chunk) {
    return root.resolve(chunk + ".wav");
  }

  /** A new name for a file in the making. */
  public Path temporary() {
    return root.resolve("making-" + UUID.randomUUID());
  }

  /** Gives a file that is whole its name. */
  public void publish(Path made, Path name) {
    try {
      Files.move(made, name, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw FailureException.of(
          FailureCode.SCRATCH_FULL, "a scratch file could not be put in place", e);
    }
  }

  public void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets what is kept of a chunk. */
  public void forget(UUID chunk) {
    delete(original(chunk));
    delete(wav(chunk));
  }

  /**
   * Deletes files that nobody has touched for a while.
   *
   * @return number of files
   */
  public int deleteOlderThan(Duration age) {
    FileTime oldest = FileTime.from(clock.instant().minus(age));
    try (Stream<Path> files = Files.list(root)) {
      List<Path> old = files.filter(file -> isOlder(file, oldest)).toList();
      old.forEach(this::delete);
      return old.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOlder(Path file, FileTime oldest) {
    try {
      return Files.isRegularFile(file) && Files.getLastModifiedTime(file).compareTo(oldest) < 0;
    } catch (IOException e) {
      return false; // It has just been deleted by its stage.
    }
  }
}
