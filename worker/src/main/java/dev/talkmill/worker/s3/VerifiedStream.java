package dev.talkmill.worker.s3;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Bytes on their way to the store, compared with the length and SHA-256 that were announced. The
 * last of them are handed out only if everything fits: a wrong object is never completed.
 */
final class VerifiedStream extends InputStream {

  private final InputStream in;
  private final long bytes;
  private final String sha256;
  private final MessageDigest digest = Sha256.digest();
  private long count;

  VerifiedStream(InputStream in, long bytes, String sha256) {
    this.in = in;
    this.bytes = bytes;
    this.sha256 = sha256;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int length = read(one, 0, 1);
    return length < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (count == bytes) {
      return -1;
    }
    int wanted = (int) Math.min(length, bytes - count);
    int got = readSource(buffer, offset, wanted);
    if (got < 0) {
      throw SourceException.mismatch("The bytes to be stored end after " + count + " of " + bytes);
    }
    digest.update(buffer, offset, got);
    count += got;
    if (count == bytes) {
      verify();
    }
    return got;
  }

  private void verify() throws IOException {
    if (readSource(new byte[1], 0, 1) >= 0) {
      throw SourceException.mismatch("The bytes to be stored are more than " + bytes);
    }
    if (!Sha256.hex(digest).equals(sha256)) {
      throw SourceException.mismatch("The bytes to be stored do not have the announced SHA-256");
    }
  }

  private int readSource(byte[] buffer, int offset, int length) throws IOException {
    try {
      return in.read(buffer, offset, length);
    } catch (IOException e) {
      throw SourceException.unreadable(e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
