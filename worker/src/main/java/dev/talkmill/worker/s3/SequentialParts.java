package dev.talkmill.worker.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one stream into parts that are read one after the other. A part that is asked for again is
 * read from a stream opened anew.
 */
final class SequentialParts implements AutoCloseable {

  private final Content content;
  private @Nullable InputStream stream;
  private long position;

  SequentialParts(Content content) {
    this.content = content;
  }

  /** The bytes from {@code offset} on, {@code length} of them. */
  InputStream part(long offset, long length) {
    try {
      if (stream == null || position != offset) {
        close();
        stream = content.open();
        position = 0;
        stream.skipNBytes(offset);
        position = offset;
      }
      return new Part(Objects.requireNonNull(stream), length);
    } catch (IOException e) {
      throw S3Failures.ofSource(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }

  private final class Part extends FilterInputStream {

    private long left;

    Part(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int length = read(one, 0, 1);
      return length < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int got = in.read(buffer, offset, (int) Math.min(length, left));
      if (got > 0) {
        left -= got;
        position += got;
      }
      return got;
    }

    @Override
    public long skip(long bytes) {
      return 0;
    }

    @Override
    public int available() {
      return 0;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() {
      // The next part goes on where this one ends.
    }
  }
}
