package dev.talkmill.worker.audio.child;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Writes a 16 kHz mono 16-bit WAV file and measures its levels on the way. */
final class WavSink implements PcmSink, AutoCloseable {

  /** Samples a second: what speech recognisers are trained on. */
  static final int RATE = 16_000;

  private static final int HEADER_BYTES = 44;

  private final FileChannel file;
  private final Levels levels = new Levels(RATE);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
  private long bytes;

  WavSink(Path path) throws Refusal {
    try {
      file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unwritable(e);
    }
    buffer.put(header(0));
  }

  @Override
  public void accept(byte[] pcm, int length) throws Refusal {
    levels.accept(pcm, length);
    for (int from = 0; from < length; ) {
      if (!buffer.hasRemaining()) {
        drain();
      }
      int count = Math.min(buffer.remaining(), length - from);
      buffer.put(pcm, from, count);
      from += count;
    }
    bytes += length;
  }

  /** Writes what is buffered and the true length into the header. */
  void finish() throws Refusal {
    drain();
    try {
      file.write(ByteBuffer.wrap(header(bytes)), 0);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  double seconds() {
    return bytes / 2.0 / RATE;
  }

  Levels levels() {
    return levels;
  }

  private void drain() throws Refusal {
    try {
      buffer.flip();
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      buffer.clear();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  static Refusal unwritable(IOException e) {
    String reason = String.valueOf(e.getMessage());
    // EFBIG comes from the limit on the size of files that the parent sets where it can.
    return reason.toLowerCase(Locale.ROOT).contains("file too large")
        ? new Refusal("decode_limit", "decodes to more bytes than the decoder may write")
        : new Refusal("scratch_full", "can't write to the scratch directory: " + reason);
  }

  private static byte[] header(long dataBytes) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) (dataBytes + HEADER_BYTES - 8))
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(RATE)
        .putInt(RATE * 2)
        .putShort((short) 2)
        .putShort((short) 16)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) dataBytes)
        .array();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
