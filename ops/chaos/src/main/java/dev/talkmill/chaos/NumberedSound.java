package dev.talkmill.chaos;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A short WAV file that says a number, and the ear for it. A provider that hears nothing but the
 * sound itself so answers for the very chunk that was sent, through whatever decoding lies between:
 * each bit is a loud or a soft stretch of one tone, after a loud one to compare with.
 */
final class NumberedSound {

  /** Numbers are below this. */
  static final int NUMBERS = 1 << 20;

  private static final int BITS = 20;

  /** The number's bits, one of parity, and the loud one before them. */
  private static final int STRETCHES = BITS + 2;

  private static final int RATE = 16_000;
  private static final int SAMPLES = RATE / 50;
  private static final int HEADER_BYTES = 44;
  private static final double LOUD = 20_000;
  private static final double SOFT = 5_000;
  private static final double TONE_HERTZ = 400;
  private static final byte[] RIFF = "RIFF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);

  private NumberedSound() {}

  /** Seconds of every sound. */
  static double seconds() {
    return (double) STRETCHES * SAMPLES / RATE;
  }

  /** A WAV file of 16 kHz, mono, 16 bits, some 14 KB. */
  static byte[] wav(int number) {
    if (number < 0 || number >= NUMBERS) {
      throw new IllegalArgumentException("not a number that can be said: " + number);
    }
    int dataBytes = STRETCHES * SAMPLES * Short.BYTES;
    ByteBuffer wav = ByteBuffer.allocate(HEADER_BYTES + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put(RIFF).putInt(HEADER_BYTES + dataBytes - 8);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(RATE * Short.BYTES);
    wav.putShort((short) Short.BYTES).putShort((short) (8 * Short.BYTES));
    wav.put(DATA).putInt(dataBytes);
    for (int stretch = 0; stretch < STRETCHES; stretch++) {
      double loudness = bit(number, stretch) ? LOUD : SOFT;
      for (int i = 0; i < SAMPLES; i++) {
        wav.putShort((short) (loudness * Math.sin(2 * Math.PI * TONE_HERTZ * i / RATE)));
      }
    }
    return wav.array();
  }

  /** Too few bytes for speech, and other ones for each number. */
  static byte[] beginning(int number, int bytes) {
    byte[] beginning = Arrays.copyOf(wav(number), bytes);
    ByteBuffer.wrap(beginning).putInt(bytes - Integer.BYTES, number);
    return beginning;
  }

  private static boolean bit(int number, int stretch) {
    if (stretch == 0) {
      return true;
    }
    return stretch <= BITS
        ? ((number >> (BITS - stretch)) & 1) == 1
        : (Integer.bitCount(number) & 1) == 1;
  }

  /** Hears the number in what holds a WAV file of 16 kHz, such as the form of a request. */
  static OptionalInt hear(byte[] body) {
    int riff = find(body, RIFF, 0);
    int data = riff < 0 ? -1 : find(body, DATA, riff);
    int first = data + DATA.length + Integer.BYTES;
    if (data < 0 || body.length < first + STRETCHES * SAMPLES * Short.BYTES) {
      return OptionalInt.empty();
    }
    ByteBuffer pcm = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    double limit = energy(pcm, first, 0) * (LOUD + SOFT) / (2 * LOUD);
    int heard = 0;
    for (int stretch = 1; stretch <= BITS; stretch++) {
      heard = (heard << 1) | (energy(pcm, first, stretch) > limit ? 1 : 0);
    }
    boolean odd = energy(pcm, first, BITS + 1) > limit;
    return odd == ((Integer.bitCount(heard) & 1) == 1)
        ? OptionalInt.of(heard)
        : OptionalInt.empty();
  }

  /** Mean of the middle half, where neighbours don't ring. */
  private static double energy(ByteBuffer pcm, int first, int stretch) {
    long sum = 0;
    for (int i = SAMPLES / 4; i < 3 * SAMPLES / 4; i++) {
      sum += Math.abs(pcm.getShort(first + (stretch * SAMPLES + i) * Short.BYTES));
    }
    return sum / (SAMPLES / 2.0);
  }

  private static int find(byte[] body, byte[] wanted, int from) {
    for (int i = from; i <= body.length - wanted.length; i++) {
      int same = 0;
      while (same < wanted.length && body[i + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return i;
      }
    }
    return -1;
  }
}
