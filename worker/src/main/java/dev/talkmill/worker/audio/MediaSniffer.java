package dev.talkmill.worker.audio;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.WebmHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells the kind of a recording by its first bytes, whatever its name. What is none of the kinds is
 * refused here, before any code of a codec sees it; so playlists never reach a demuxer that would
 * open what they name.
 */
final class MediaSniffer {

  private static final int HEAD_BYTES = 8_192;

  private MediaSniffer() {}

  static MediaKind sniff(Path source) {
    try {
      byte[] head = head(source);
      MediaKind kind = kindOf(head);
      if (kind != null) {
        return kind;
      }
      throw refusal(source, head);
    } catch (IOException e) {
      throw FailureException.of(FailureCode.INTERNAL_ERROR, "can't read the scratch file", e);
    }
  }

  private static byte[] head(Path source) throws IOException {
    try (var in = Files.newInputStream(source)) {
      return in.readNBytes(HEAD_BYTES);
    }
  }

  private static @Nullable MediaKind kindOf(byte[] head) {
    if (startsWith(head, 0, 0x1A, 0x45, 0xDF, 0xA3)) {
      return MediaKind.WEBM;
    }
    if (ascii(head, 0, "OggS")) {
      return MediaKind.OGG;
    }
    if (ascii(head, 0, "fLaC")) {
      return MediaKind.FLAC;
    }
    boolean riff = ascii(head, 0, "RIFF") || ascii(head, 0, "RF64") || ascii(head, 0, "BW64");
    if (riff && ascii(head, 8, "WAVE")) {
      return MediaKind.WAV;
    }
    if (ascii(head, 0, "ID3")) {
      return MediaKind.TAGGED;
    }
    for (String box :
        new String[] {"ftyp", "moov", "mdat", "moof", "styp", "free", "skip", "wide"}) {
      if (ascii(head, 4, box)) {
        return MediaKind.MP4;
      }
    }
    return MpegFrames.kindOf(head);
  }

  private static FailureException refusal(Path source, byte[] head) throws IOException {
    if (head.length == 0) {
      return FailureException.of(FailureCode.NOT_DECODABLE, "the file is empty");
    }
    if (isPicture(head)) {
      return FailureException.of(FailureCode.NO_AUDIO_TRACK, "the file is a picture");
    }
    if (isText(head)) {
      return FailureException.of(
          FailureCode.UNSUPPORTED_FORMAT, "the content is text, not a recording");
    }
    if (WebmHeader.isContinuation(source)) {
      return FailureException.of(
          FailureCode.WEBM_CONTINUATION,
          "a slice of a webm recording without its head, which only the first slice holds");
    }
    return FailureException.of(
        FailureCode.UNSUPPORTED_FORMAT,
        "the content is none of webm, ogg, mp3, mp4, m4a, aac, wav and flac");
  }

  private static boolean isPicture(byte[] head) {
    return startsWith(head, 0, 0xFF, 0xD8, 0xFF)
        || startsWith(head, 0, 0x89, 'P', 'N', 'G')
        || ascii(head, 0, "GIF8")
        || (ascii(head, 0, "RIFF") && ascii(head, 8, "WEBP"));
  }

  private static boolean isText(byte[] head) {
    for (byte b : head) {
      boolean control = b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f';
      if (control) {
        return false;
      }
    }
    // Bytes of 0x80 and more are text only as UTF-8; the last character may be cut off.
    String decoded = new String(head, StandardCharsets.UTF_8);
    return decoded.indexOf('\uFFFD') < 0 || decoded.indexOf('\uFFFD') >= decoded.length() - 3;
  }

  private static boolean ascii(byte[] head, int at, String expected) {
    return startsWith(head, at, expected.chars().toArray());
  }

  private static boolean startsWith(byte[] head, int at, int... expected) {
    if (head.length < at + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((head[at + i] & 0xFF) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
