package dev.talkmill.worker.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Files and directories that only their owner may read. */
final class PrivateFiles {

  /** 192 bits: out of reach of guessing, and short enough to be copied by hand. */
  private static final int SECRET_BYTES = 24;

  /** Secrets are a line or two; more is not a file of ours. */
  private static final long SECRET_FILE_BYTES_MAX = 4_096;

  private PrivateFiles() {}

  /** Creates a directory with mode 700, or gives it that mode; returns its real, absolute path. */
  static Path directory(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
      restrict(absolute, "rwx------");
      return absolute.toRealPath();
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "The directory " + absolute + " cannot be made and kept private: " + e.getMessage(), e);
    }
  }

  static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The content of a file with mode 600, which is written at the first call. */
  static String readOrCreate(Path file, Supplier<String> content) {
    try {
      if (!Files.exists(file)) {
        write(file, content.get());
      }
      restrict(file, "rw-------");
      if (Files.size(file) > SECRET_FILE_BYTES_MAX) {
        throw new EmbeddedServiceException("The file " + file + " is too large to be a secret");
      }
      return Files.readString(file, UTF_8).strip();
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "The file " + file + " cannot be read or written: " + e.getMessage(), e);
    }
  }

  /** Replaces a file as a whole: after a power cut the old or the new content stands there. */
  static void write(Path file, String content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      restrict(fresh, "rw-------");
      ByteBuffer bytes = UTF_8.encode(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    sync(requireNonNull(file.toAbsolutePath().getParent()));
  }

  /** Makes the names in a directory, or the content of a file, survive a power cut. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void restrict(Path path, String mode) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString(mode));
    }
  }
}
