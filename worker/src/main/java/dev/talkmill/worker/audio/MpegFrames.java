package dev.talkmill.worker.audio;

import org.jspecify.annotations.Nullable;

/**
 * Finds frames of MPEG audio in bytes that have no container: MP3 (ISO 11172-3) and AAC in ADTS
 * (ISO 13818-7). Three frames, each ending where the next starts, are taken for proof.
 */
final class MpegFrames {

  private static final int FRAMES_IN_A_ROW = 3;

  /** Bit rates of layer III in kbit/s: MPEG 1, then MPEG 2 and 2.5. */
  private static final int[][] KBITS = {
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
  };

  private static final int[] MPEG1_RATES = {44_100, 48_000, 32_000, 0};

  private MpegFrames() {}

  static @Nullable MediaKind kindOf(byte[] head) {
    // A stream can start within a frame: the first whole one is looked for.
    for (int at = 0; at + 7 <= head.length; at++) {
      if (head[at] != -1) {
        continue;
      }
      if (inARow(head, at, true)) {
        return MediaKind.ADTS;
      }
      if (inARow(head, at, false)) {
        return MediaKind.MP3;
      }
    }
    return null;
  }

  private static boolean inARow(byte[] head, int start, boolean adts) {
    int at = start;
    for (int frame = 0; frame < FRAMES_IN_A_ROW; frame++) {
      int length = adts ? adtsLength(head, at) : layerThreeLength(head, at);
      if (length == 0) {
        return false;
      }
      at += length;
      if (at == head.length) {
        return true;
      }
    }
    return true;
  }

  private static int adtsLength(byte[] head, int at) {
    if (at + 7 > head.length || head[at] != -1 || (head[at + 1] & 0xF6) != 0xF0) {
      return 0;
    }
    int length =
        ((head[at + 3] & 3) << 11) | ((head[at + 4] & 0xFF) << 3) | ((head[at + 5] & 0xFF) >> 5);
    return length >= 8 ? length : 0;
  }

  private static int layerThreeLength(byte[] head, int at) {
    if (at + 4 > head.length || head[at] != -1 || (head[at + 1] & 0xE6) != 0xE2) {
      return 0;
    }
    int version = ((head[at + 1] & 0xFF) >> 3) & 3;
    if (version == 1) {
      return 0;
    }
    boolean mpeg1 = version == 3;
    int kbits = KBITS[mpeg1 ? 0 : 1][(head[at + 2] & 0xFF) >> 4];
    int rate = MPEG1_RATES[((head[at + 2] & 0xFF) >> 2) & 3];
    if (kbits == 0 || rate == 0) {
      return 0;
    }
    // MPEG 2 halves the rates and the samples of a frame, MPEG 2.5 halves the rates again.
    int halved = mpeg1 ? rate : version == 2 ? rate / 2 : rate / 4;
    int padding = ((head[at + 2] & 0xFF) >> 1) & 1;
    return (mpeg1 ? 144 : 72) * 1_000 * kbits / halved + padding;
  }
}
