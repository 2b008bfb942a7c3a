package dev.talkmill.worker.journey;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Recordings of the test resources, and what can go wrong with them. */
final class Samples {

  private static final byte[] CLUSTER = {0x1F, 0x43, (byte) 0xB6, 0x75};

  /** Samples a second and samples a frame of {@link #silentFlac}. */
  private static final int FLAC_RATE = 4_000;

  private static final int FLAC_BLOCK = 65_535;

  private Samples() {}

  static byte[] bytes(String resource) {
    try (InputStream in = Samples.class.getResourceAsStream("/" + resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] half(String resource) {
    byte[] all = bytes(resource);
    return Arrays.copyOf(all, all.length / 2);
  }

  /** A text of at least so many bytes. */
  static byte[] text(String line, int bytes) {
    return line.repeat(Math.ceilDiv(bytes, line.length())).getBytes(StandardCharsets.UTF_8);
  }

  /** A browser's slices: the head with the first cluster, then the other clusters. */
  static List<byte[]> slices(byte[] webm) {
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at + 4 <= webm.length; at++) {
      if (Arrays.equals(webm, at, at + 4, CLUSTER, 0, 4)) {
        starts.add(at);
      }
    }
    starts.set(0, 0);
    starts.add(webm.length);
    List<byte[]> slices = new ArrayList<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      slices.add(Arrays.copyOfRange(webm, starts.get(i), starts.get(i + 1)));
    }
    return slices;
  }

  /** An MP4 file without its index; its other boxes are as they were. */
  static byte[] withoutMoov(byte[] mp4) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    for (int at = 0; at + 8 <= mp4.length; ) {
      int size = ByteBuffer.wrap(mp4).getInt(at);
      if (!new String(mp4, at + 4, 4, StandardCharsets.US_ASCII).equals("moov")) {
        kept.write(mp4, at, size);
      }
      at += size;
    }
    return kept.toByteArray();
  }

  /** A WAV file of 16 kHz with a comment of 2 KiB and no sound. */
  static byte[] wavOfNoSeconds() {
    byte[] none = SpokenNumbers.wav(new byte[0]);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(none, 0, 36);
    file.writeBytes("junk".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(new byte[] {0, 8, 0, 0});
    file.writeBytes(new byte[2_048]);
    file.write(none, 36, 8);
    return file.toByteArray();
  }

  /** Hours of silence in a few kilobytes: each frame says that 16 s are all zero. */
  static byte[] silentFlac(int hours) {
    long frames = (long) hours * 3_600 * FLAC_RATE / FLAC_BLOCK;
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("fLaC".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer info = ByteBuffer.allocate(38);
    info.putInt(0x8000_0022).putShort((short) FLAC_BLOCK).putShort((short) FLAC_BLOCK);
    info.position(info.position() + 6);
    // 20 bits of rate, 3 of channels - 1, 5 of bits - 1, 36 of samples.
    info.putLong((long) FLAC_RATE << 44 | 15L << 36 | frames * FLAC_BLOCK);
    file.writeBytes(info.array());
    for (int number = 0; number < frames; number++) {
      file.writeBytes(silentFrame(number));
    }
    return file.toByteArray();
  }

  private static byte[] silentFrame(int number) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xF8, 0x70, 0x08});
    frame.writeBytes(new String(Character.toChars(number)).getBytes(StandardCharsets.UTF_8));
    frame.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xFE});
    frame.write(crc(frame.toByteArray(), 8, 0x07));
    frame.writeBytes(new byte[] {0, 0, 0});
    int crc = crc(frame.toByteArray(), 16, 0x8005);
    frame.write(crc >> 8);
    frame.write(crc);
    return frame.toByteArray();
  }

  private static int crc(byte[] bytes, int bits, int polynomial) {
    int crc = 0;
    for (byte b : bytes) {
      crc ^= (b & 0xFF) << bits - 8;
      for (int i = 0; i < 8; i++) {
        crc = (crc >> bits - 1 & 1) == 1 ? crc << 1 ^ polynomial : crc << 1;
      }
      crc &= (1 << bits) - 1;
    }
    return crc;
  }
}
