package dev.talkmill.worker.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path into a directory of our own. A directory
 * shared with other users, as the library's default is, may hold files that we cannot run or that
 * somebody else may replace.
 */
final class PostgresBinaries {

  private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

  private static final String PREFIX = "binaries-";

  private PostgresBinaries() {}

  /** Returns the directory that holds {@code bin}, {@code lib} and {@code share}. */
  static Path unpack(Path home) {
    try {
      Path target = home.resolve(PREFIX + fingerprint());
      if (!Files.isDirectory(target)) {
        unpackTo(target);
        removeOthers(home, target);
      }
      return target;
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "PostgreSQL's programs cannot be unpacked into " + home + ": " + e.getMessage(), e);
    }
  }

  /** Unpacks beside the target first: a start that dies half-way leaves no half directory. */
  private static void unpackTo(Path target) throws IOException {
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    PrivateFiles.deleteTree(fresh);
    Files.createDirectory(fresh);
    try (InputStream archive = archive();
        XZInputStream xz = new XZInputStream(new BufferedInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(xz)) {
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null) {
        place(tar, entry, fresh);
        entry = tar.getNextEntry();
      }
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    log.info("Unpacked PostgreSQL's programs into {}", target);
  }

  private static void place(TarArchiveInputStream tar, TarArchiveEntry entry, Path root)
      throws IOException {
    Path path = inside(root, root.resolve(entry.getName()));
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(inside(root, path.resolveSibling(".")));
    if (entry.isSymbolicLink()) {
      inside(root, path.resolveSibling(entry.getLinkName()));
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Files.createLink(path, inside(root, root.resolve(entry.getLinkName())));
    } else if (entry.isFile()) {
      Files.copy(tar, path);
      boolean program = path.startsWith(root.resolve("bin")) || (entry.getMode() & 0100) != 0;
      if (program && !path.toFile().setExecutable(true, true)) {
        throw new IOException(path + " cannot be made executable");
      }
    } else {
      throw new IOException("unexpected entry in PostgreSQL's archive: " + entry.getName());
    }
  }

  private static Path inside(Path root, Path path) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(root)) {
      throw new IOException("an entry of PostgreSQL's archive leaves its directory: " + path);
    }
    return normal;
  }

  private static void removeOthers(Path home, Path kept) throws IOException {
    try (var found = Files.newDirectoryStream(home, PREFIX + "*")) {
      for (Path other : found) {
        if (!other.equals(kept)) {
          PrivateFiles.deleteTree(other);
        }
      }
    }
  }

  private static String fingerprint() throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(archive(), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static InputStream archive() throws IOException {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String system = name.startsWith("mac") ? "Darwin" : "Linux";
    String machine = System.getProperty("os.arch", "");
    try {
      return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
          system, machine.equals("amd64") ? "x86_64" : machine);
    } catch (IllegalStateException e) {
      throw new EmbeddedServiceException(
          "This build brings no PostgreSQL for "
              + name
              + " on "
              + machine
              + "; build it on this kind of machine, or set TALKMILL_DATABASE_URL.",
          e);
    }
  }
}
