package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.transcribe.SpeechRequest.Progress;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * The samples of a 16 kHz mono 16-bit WAV file, read as the recogniser asks for them. It ends early
 * when it is told to stop: the recogniser then finishes as at any end, and stays fit for reuse.
 */
final class WavSpeechStream extends InputStream {

  static final int SAMPLE_RATE = 16_000;
  static final int BYTES_PER_SECOND = SAMPLE_RATE * 2;

  private static final int PCM = 1;
  private static final int HEADER_CHUNKS_MAX = 64;
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream file;
  private final Progress progress;
  private final BooleanSupplier stop;
  private long left;
  private long read;
  private long reportedSeconds;
  private boolean stopped;

  private WavSpeechStream(InputStream file, long left, Progress progress, BooleanSupplier stop) {
    this.file = file;
    this.left = left;
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Opens a file and reads its header.
   *
   * @param stop asked before every read
   * @throws IOException also where the file is not a WAV file of the one kind that is understood
   */
  static WavSpeechStream open(Path wav, Progress progress, BooleanSupplier stop)
      throws IOException {
    // Not by a channel: an interrupt would close it under the recogniser's feet.
    InputStream file = new BufferedInputStream(new FileInputStream(wav.toFile()), BUFFER_BYTES);
    try {
      return new WavSpeechStream(file, dataBytes(file), progress, stop);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether the samples ended early because the stream was told to stop. */
  boolean stopped() {
    return stopped;
  }

  double secondsRead() {
    return read / (double) BYTES_PER_SECOND;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (!stopped && stop.getAsBoolean()) {
      stopped = true;
    }
    if (stopped || left == 0) {
      return -1;
    }
    int count = file.read(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      left = 0;
      return -1;
    }
    left -= count;
    read += count;
    report();
    return count;
  }

  private void report() {
    long seconds = read / BYTES_PER_SECOND;
    if (seconds > reportedSeconds) {
      reportedSeconds = seconds;
      progress.secondsDone((double) seconds);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static long dataBytes(InputStream file) throws IOException {
    if (!"RIFF".equals(tag(file))) {
      throw new IOException("not a WAV file");
    }
    number(file, 4);
    if (!"WAVE".equals(tag(file))) {
      throw new IOException("not a WAV file");
    }
    boolean formatSeen = false;
    for (int i = 0; i < HEADER_CHUNKS_MAX; i++) {
      String name = tag(file);
      long size = number(file, 4);
      if ("data".equals(name) && formatSeen) {
        return size;
      }
      if ("fmt ".equals(name)) {
        checkFormat(file);
        formatSeen = true;
        file.skipNBytes(size - 16);
      } else {
        file.skipNBytes(size + (size & 1));
      }
    }
    throw new IOException("a WAV file without samples");
  }

  private static void checkFormat(InputStream file) throws IOException {
    long format = number(file, 2);
    long channels = number(file, 2);
    long rate = number(file, 4);
    number(file, 4);
    number(file, 2);
    long bits = number(file, 2);
    if (format != PCM || channels != 1 || rate != SAMPLE_RATE || bits != 16) {
      throw new IOException(
          "%d Hz, %d channels, %d bits, format %d where 16 kHz mono 16-bit PCM is due"
              .formatted(rate, channels, bits, format));
    }
  }

  private static String tag(InputStream file) throws IOException {
    return new String(bytes(file, 4), StandardCharsets.US_ASCII);
  }

  private static long number(InputStream file, int size) throws IOException {
    byte[] bytes = bytes(file, size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }

  private static byte[] bytes(InputStream file, int size) throws IOException {
    byte[] bytes = file.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("the WAV header ends early");
    }
    return bytes;
  }
}
