package dev.talkmill.worker.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where bodies wait until they are whole, so that no transaction waits for a slow client. Every
 * file is gone when its request ends; what a killed process left is removed at the next start.
 */
final class ScratchFolder {

  /** A body may take this many times the longest wait for its next bytes. */
  private static final int TIMEOUTS_MAX = 20;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Path folder;
  private final Duration bodyMax;
  private final LongSupplier nanoTime;

  private ScratchFolder(Path folder, Duration bodyMax, LongSupplier nanoTime) {
    this.folder = folder;
    this.bodyMax = bodyMax;
    this.nanoTime = nanoTime;
  }

  /**
   * Makes the folder and removes from it what no running request can own.
   *
   * @param bodyTimeout longest wait for the next bytes of a body
   */
  static ScratchFolder open(
      Path folder, Duration bodyTimeout, InstantSource clock, LongSupplier nanoTime)
      throws IOException {
    Files.createDirectories(folder);
    Duration bodyMax = bodyTimeout.multipliedBy(TIMEOUTS_MAX);
    Instant oldest = clock.instant().minus(bodyMax.multipliedBy(2));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(file);
        }
      }
    }
    return new ScratchFolder(folder, bodyMax, nanoTime);
  }

  /**
   * Reads a body to its end.
   *
   * @param bytesMax more is refused with what {@code tooLarge} makes
   * @throws IOException if the client breaks off or is too slow; nothing is left behind
   */
  ScratchBody receive(InputStream body, long bytesMax, Supplier<ProblemException> tooLarge)
      throws IOException {
    Path file = created();
    boolean whole = false;
    try {
      ScratchBody received = copy(body, file, bytesMax, tooLarge);
      whole = true;
      return received;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
  }

  private ScratchBody copy(
      InputStream body, Path file, long bytesMax, Supplier<ProblemException> tooLarge)
      throws IOException {
    MessageDigest digest = sha256();
    long deadline = nanoTime.getAsLong() + bodyMax.toNanos();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        bytes += read;
        if (bytes > bytesMax) {
          throw tooLarge.get();
        }
        if (nanoTime.getAsLong() - deadline > 0) {
          throw new SocketTimeoutException("the body took longer than " + bodyMax);
        }
        digest.update(buffer, 0, read);
        write(out, buffer, read);
      }
    }
    return new ScratchBody(file, bytes, HexFormat.of().formatHex(digest.digest()));
  }

  private Path created() {
    try {
      return Files.createTempFile(folder, "body-", ".part");
    } catch (IOException e) {
      throw full();
    }
  }

  /** Kept apart from reading, so that a full disk is not taken for a client that broke off. */
  private static void write(OutputStream out, byte[] buffer, int length) {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw full();
    }
  }

  private static ProblemException full() {
    return new ProblemException(
        ProblemCode.SCRATCH_FULL,
        "The server's disk took no more, so nothing was kept. Send the chunk again later.",
        Duration.ofSeconds(30));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
