package dev.talkmill.worker.audio.child;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avutil;

/** Error numbers of the codec library: negated errno values, and its own. */
final class NativeError {

  static final int OUT_OF_MEMORY = -12;
  static final int FILE_TOO_LARGE = -27;
  static final int END_OF_FILE = avutil.AVERROR_EOF();

  private static final int TEXT_BYTES = 128;

  private NativeError() {}

  static Refusal notDecodable(String what, int error) {
    return error == OUT_OF_MEMORY
        ? outOfMemory()
        : new Refusal("not_decodable", what + ": " + text(error));
  }

  static Refusal outOfMemory() {
    return new Refusal("decode_limit", "decoding needs more memory than the decoder may use");
  }

  static String text(int error) {
    byte[] text = new byte[TEXT_BYTES];
    av_strerror(error, text, TEXT_BYTES);
    int end = 0;
    while (end < TEXT_BYTES && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.US_ASCII);
  }
}
