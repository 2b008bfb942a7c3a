package dev.talkmill.bench;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pages of an Ogg Opus file (RFC 3533, RFC 7845), to make a long recording of a short one: its
 * sound is written again and again, with the positions and numbers of pages going on.
 */
final class OggPages {

  private static final int HEAD_BYTES = 27;
  private static final int FLAGS = 5;
  private static final int POSITION = 6;
  private static final int NUMBER = 18;
  private static final int SUM = 22;
  private static final int SEGMENTS = 26;
  private static final int END_OF_STREAM = 4;

  /** Whatever the rate of the sound was. */
  private static final long POSITIONS_PER_SECOND = 48_000;

  /** {@code OpusHead} and {@code OpusTags}, a page each where the tags are short. */
  private static final int HEADER_PAGES = 2;

  private static final int[] SUMS = sums();

  private OggPages() {}

  /**
   * Writes the sound of {@code source}, all but its last page, as often as makes so many seconds.
   */
  static void repeat(Path source, long seconds, Path target) throws IOException {
    List<byte[]> pages = read(source);
    List<byte[]> sound = pages.subList(HEADER_PAGES, pages.size() - 1);
    long positions = little(sound.getLast()).getLong(POSITION);
    long times = Math.ceilDiv(seconds * POSITIONS_PER_SECOND, positions);
    try (OutputStream out = Files.newOutputStream(target)) {
      for (byte[] header : pages.subList(0, HEADER_PAGES)) {
        out.write(header);
      }
      int number = HEADER_PAGES;
      for (long time = 0; time < times; time++) {
        for (int i = 0; i < sound.size(); i++) {
          boolean last = time == times - 1 && i == sound.size() - 1;
          out.write(moved(sound.get(i), time * positions, number++, last));
        }
      }
    }
  }

  private static byte[] moved(byte[] page, long by, int number, boolean last) {
    byte[] moved = page.clone();
    ByteBuffer fields = little(moved);
    moved[FLAGS] = (byte) (last ? moved[FLAGS] | END_OF_STREAM : moved[FLAGS] & ~END_OF_STREAM);
    fields.putLong(POSITION, fields.getLong(POSITION) + by);
    fields.putInt(NUMBER, number);
    fields.putInt(SUM, 0);
    fields.putInt(SUM, sum(moved));
    return moved;
  }

  static List<byte[]> read(Path file) throws IOException {
    List<byte[]> pages = new ArrayList<>();
    try (InputStream raw = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(raw))) {
      for (byte[] head = in.readNBytes(HEAD_BYTES);
          head.length > 0;
          head = in.readNBytes(HEAD_BYTES)) {
        pages.add(page(head, in));
      }
    }
    return pages;
  }

  private static byte[] page(byte[] head, DataInputStream in) throws IOException {
    if (head.length < HEAD_BYTES || little(head).getInt(0) != 0x5367674F) {
      throw new EOFException("no page of Ogg");
    }
    byte[] lengths = new byte[head[SEGMENTS] & 0xFF];
    in.readFully(lengths);
    int bytes = 0;
    for (byte length : lengths) {
      bytes += length & 0xFF;
    }
    byte[] body = new byte[bytes];
    in.readFully(body);
    return ByteBuffer.allocate(head.length + lengths.length + bytes)
        .put(head)
        .put(lengths)
        .put(body)
        .array();
  }

  private static ByteBuffer little(byte[] page) {
    return ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** CRC-32 with polynomial 04C11DB7, neither reflected nor inverted. */
  static int sum(byte[] page) {
    int sum = 0;
    for (byte each : page) {
      sum = (sum << 8) ^ SUMS[((sum >>> 24) ^ each) & 0xFF];
    }
    return sum;
  }

  private static int[] sums() {
    int[] sums = new int[256];
    for (int i = 0; i < sums.length; i++) {
      int sum = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        sum = (sum << 1) ^ (sum < 0 ? 0x04C11DB7 : 0);
      }
      sums[i] = sum;
    }
    return sums;
  }
}
