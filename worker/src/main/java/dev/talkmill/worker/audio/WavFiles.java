package dev.talkmill.worker.audio;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Reads and cuts the WAV files that {@link ChildDecoder} writes: 16 kHz, mono, 16 bits, a header of
 * 44 bytes and then samples. Any other file is refused with {@code internal_error}.
 */
public final class WavFiles {

  private static final int HEADER_BYTES = 44;
  private static final int RATE = 16_000;
  private static final int SAMPLE_BYTES = 2;

  private WavFiles() {}

  /** The length in seconds. */
  public static double seconds(Path wav) {
    try (FileChannel in = FileChannel.open(wav, StandardOpenOption.READ)) {
      return samples(in) / (double) RATE;
    } catch (IOException e) {
      throw unreadable(wav, e);
    }
  }

  /**
   * Copies a range into a WAV file of its own, replacing it. Neighbouring ranges that share a
   * border share no sample.
   *
   * @param start in seconds
   * @param end in seconds, exclusive; beyond the end of the file it is the end of the file
   */
  public static void cut(Path wav, double start, double end, Path target) {
    if (!(start >= 0) || !(end >= start)) {
      throw new IllegalArgumentException("not a range: " + start + " to " + end);
    }
    try (FileChannel in = FileChannel.open(wav, StandardOpenOption.READ)) {
      long samples = samples(in);
      long from = Math.min(samples, Math.round(start * RATE));
      long to = Math.min(samples, Math.round(end * RATE));
      copy(in, from * SAMPLE_BYTES, (to - from) * SAMPLE_BYTES, target);
    } catch (IOException e) {
      throw unreadable(wav, e);
    }
  }

  private static void copy(FileChannel in, long offset, long bytes, Path target) {
    try (FileChannel out =
        FileChannel.open(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(header(bytes));
      for (long done = 0; done < bytes; ) {
        long count = in.transferTo(HEADER_BYTES + offset + done, bytes - done, out);
        if (count <= 0) {
          throw new EOFException("the file became shorter");
        }
        done += count;
      }
    } catch (IOException e) {
      throw FailureException.of(
          FailureCode.SCRATCH_FULL, "can't write a part to the scratch directory", e);
    }
  }

  private static long samples(FileChannel in) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (head.hasRemaining() && in.read(head) >= 0) {}
    head.flip();
    if (head.limit() < HEADER_BYTES) {
      throw new EOFException("shorter than its header");
    }
    long bytes = Integer.toUnsignedLong(head.getInt(HEADER_BYTES - 4));
    byte[] expected = header(bytes).array();
    if (!Arrays.equals(head.array(), expected)) {
      throw new IOException("not a WAV file of 16 kHz, mono, 16 bits");
    }
    if (in.size() != HEADER_BYTES + bytes || bytes % SAMPLE_BYTES != 0) {
      throw new IOException("its header says another length than it has");
    }
    return bytes / SAMPLE_BYTES;
  }

  private static ByteBuffer header(long dataBytes) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) (dataBytes + HEADER_BYTES - 8))
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(RATE)
        .putInt(RATE * SAMPLE_BYTES)
        .putShort((short) SAMPLE_BYTES)
        .putShort((short) (8 * SAMPLE_BYTES))
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) dataBytes)
        .flip();
  }

  private static FailureException unreadable(Path wav, IOException e) {
    return FailureException.of(
        FailureCode.INTERNAL_ERROR, "can't read the decoded " + wav.getFileName(), e);
  }
}
