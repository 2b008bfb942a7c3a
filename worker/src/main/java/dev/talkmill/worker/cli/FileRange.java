package dev.talkmill.worker.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * A piece of a file as the body of a request, read while it is sent.
 *
 * @param sent is told, from the sending thread, how many bytes of the piece were read so far
 */
record FileRange(Path file, long firstByte, long bytes, LongConsumer sent) {

  BodyPublisher body() {
    return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), bytes);
  }

  private InputStream open() {
    try {
      SeekableByteChannel channel = Files.newByteChannel(file);
      channel.position(firstByte);
      return new Bounded(Channels.newInputStream(channel));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Ends after the piece, and counts. */
  private final class Bounded extends FilterInputStream {

    private long read;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (read == bytes) {
        return -1;
      }
      int got = super.read(target, offset, (int) Math.min(length, bytes - read));
      if (got < 0) {
        throw new IOException(file + " became shorter while it was sent");
      }
      read += got;
      sent.accept(read);
      return got;
    }
  }
}
