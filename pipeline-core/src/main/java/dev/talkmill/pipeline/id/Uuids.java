package dev.talkmill.pipeline.id;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;

/** UUIDs of versions 7 and 5 (RFC 9562), which the JDK does not make. */
public final class Uuids {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Uuids() {}

  /** A new id that sorts by time, so that index pages fill in order. */
  public static UUID v7(InstantSource clock) {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    ByteBuffer random = ByteBuffer.wrap(bytes);
    long high = (clock.millis() << 16) | (random.getShort(6) & 0x0FFFL) | 0x7000L;
    return new UUID(high, variant(random.getLong(8)));
  }

  /** The same id for the same namespace and name, for ever. */
  public static UUID v5(UUID namespace, String name) {
    MessageDigest sha1 = sha1();
    sha1.update(
        ByteBuffer.allocate(16)
            .putLong(namespace.getMostSignificantBits())
            .putLong(namespace.getLeastSignificantBits())
            .array());
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
    long high = (hash.getLong(0) & ~0xF000L) | 0x5000L;
    return new UUID(high, variant(hash.getLong(8)));
  }

  private static long variant(long low) {
    return (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
