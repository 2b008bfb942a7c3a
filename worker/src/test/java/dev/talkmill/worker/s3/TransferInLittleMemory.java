package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.store.ObjectStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;

/** Sends and fetches an object in a process whose heap is smaller than the object. */
final class TransferInLittleMemory {

  private TransferInLittleMemory() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[3]);
    long bytes = Long.parseLong(arguments[4]);
    Path file = directory.resolve("sent");
    String sum = write(file, bytes);
    Source source = () -> open(file);
    try (S3ObjectStore store =
        S3ObjectStore.of(
            StoreFixture.settings(Duration.ofSeconds(60)),
            URI.create(arguments[0]),
            arguments[1],
            arguments[2])) {
      store.putIfAbsent("large/" + bytes, source, bytes, sum, "audio/wav");
      store.putIfAbsent("large/" + bytes, source, bytes, sum, "audio/wav");
      store.put("replaced/" + bytes, file, "audio/wav");
      Path target = directory.resolve("fetched");
      store.get("replaced/" + bytes, target, bytes);
      System.out.println("SAME " + (Files.mismatch(file, target) < 0));
    }
  }

  private static String write(Path file, long bytes) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] block = StoreFixture.bytes(1 << 16, 1);
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
      for (long written = 0; written < bytes; written += block.length) {
        block[(int) (written % 1_000)]++;
        out.write(block, 0, (int) Math.min(block.length, bytes - written));
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
