package dev.talkmill.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Sound with the rhythm of speech: phrases of three seconds, made of syllables that glide in pitch,
 * and pauses of one second with the noise of a quiet room. It repeats itself after a minute.
 */
final class SpeechLikeSound {

  static final int SECONDS = 60;

  private static final int HEADER_BYTES = 44;
  private static final int PERIOD_SECONDS = 4;
  private static final int PHRASE_SECONDS = 3;
  private static final double SYLLABLES_PER_SECOND = 4;
  private static final double LOUD = 9_000;
  private static final double ROOM = 12;
  private static final int SAMPLE_BYTES = 2;

  private SpeechLikeSound() {}

  /** One minute of 16-bit samples, the same in all channels. */
  static byte[] minute(int rate, int channels) {
    ByteBuffer pcm =
        ByteBuffer.allocate(SECONDS * rate * channels * SAMPLE_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    double phase = 0;
    for (int i = 0; i < SECONDS * rate; i++) {
      double time = i / (double) rate;
      phase += 2 * Math.PI * pitch(time) / rate;
      short sample = (short) (isPhrase(time) ? voice(time, phase) : ROOM * Math.sin(17 * phase));
      for (int channel = 0; channel < channels; channel++) {
        pcm.putShort(sample);
      }
    }
    return pcm.array();
  }

  private static boolean isPhrase(double time) {
    return time % PERIOD_SECONDS < PHRASE_SECONDS;
  }

  private static double pitch(double time) {
    return 140 + 40 * Math.sin(2 * Math.PI * 0.7 * time) + 15 * Math.sin(2 * Math.PI * 2.3 * time);
  }

  private static double voice(double time, double phase) {
    double syllable = Math.abs(Math.sin(Math.PI * SYLLABLES_PER_SECOND * time));
    return LOUD
        * syllable
        * (0.6 * Math.sin(phase) + 0.25 * Math.sin(3 * phase) + 0.15 * Math.sin(7 * phase));
  }

  /** The head of a WAV file of 16-bit samples, up to 4 GiB. */
  static byte[] wavHeader(int rate, int channels, long dataBytes) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) (dataBytes + HEADER_BYTES - 8))
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) channels)
        .putInt(rate)
        .putInt(rate * channels * SAMPLE_BYTES)
        .putShort((short) (channels * SAMPLE_BYTES))
        .putShort((short) (8 * SAMPLE_BYTES))
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) dataBytes)
        .array();
  }
}
