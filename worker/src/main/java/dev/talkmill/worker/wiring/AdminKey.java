package dev.talkmill.worker.wiring;

import dev.talkmill.config.ProcessSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bootstrap admin key: from the settings, or generated at the first start and kept in the data
 * directory with mode 600.
 *
 * @param file where a generated key is kept
 */
record AdminKey(String value, Optional<Path> file) {

  private static final Logger log = LoggerFactory.getLogger(AdminKey.class);

  private static final int SECRET_BYTES = 32;

  static AdminKey of(ProcessSettings settings) {
    String given = settings.apiKey();
    Path file = settings.dataDir().resolve("api-key");
    if (given == null) {
      return kept(file);
    }
    if (Files.exists(file) && !kept(file).value().equals(given)) {
      log.warn("TALKMILL_API_KEY is set, so the key in {} is not valid until it is unset", file);
    }
    return new AdminKey(given, Optional.empty());
  }

  private static AdminKey kept(Path file) {
    try {
      Files.createDirectories(file.getParent());
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      writeNew(file, "tm_" + HexFormat.of().formatHex(secret));
      return new AdminKey(Files.readString(file).strip(), Optional.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the API key could not be read from or written to " + file, e);
    }
  }

  private static void writeNew(Path file, String key) throws IOException {
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap((key + "\n").getBytes(StandardCharsets.US_ASCII)));
    } catch (FileAlreadyExistsException e) {
      // An earlier start made it.
    }
  }
}
