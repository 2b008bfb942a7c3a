package dev.talkmill.chaos;

import dev.talkmill.chaos.check.ChunkKind;
import dev.talkmill.chaos.check.Oracle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A chunk to send.
 *
 * @param number that no other chunk of a run has
 */
record Sample(int number, ChunkKind kind) {

  private static final int SHORT_BYTES = 600;

  /** The same at every call. */
  byte[] bytes() {
    return switch (kind) {
      case SPEECH -> NumberedSound.wav(number);
      case SHORT -> NumberedSound.beginning(number, SHORT_BYTES);
      case TEXT -> Oracle.words(number).getBytes(StandardCharsets.UTF_8);
    };
  }

  String mediaType() {
    return switch (kind) {
      case SPEECH, SHORT -> "audio/wav";
      case TEXT -> "text/plain; charset=utf-8";
    };
  }

  /** In hexadecimal. */
  String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
