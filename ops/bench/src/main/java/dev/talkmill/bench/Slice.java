package dev.talkmill.bench;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a recorder sends every few seconds. */
final class Slice {

  private static final int LENGTH = 16 * 1024;
  private static final byte[] EBML = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3};

  /** Begins as a WebM file does, so that nobody looks for the head of an earlier slice. */
  static final byte[] BYTES = bytes();

  static final String SHA256 = sha256();

  private Slice() {}

  private static byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    System.arraycopy(EBML, 0, bytes, 0, EBML.length);
    return bytes;
  }

  private static String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
