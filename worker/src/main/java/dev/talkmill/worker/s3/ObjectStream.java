package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of an object as they arrive. Reading throws {@link FailureException} when the store
 * fails, so that it cannot be confused with a fault of whatever the bytes are written to. Closing
 * before the end cuts the connection instead of reading on.
 */
final class ObjectStream extends InputStream {

  private final ResponseInputStream<GetObjectResponse> in;
  private final long bytes;
  private final long deadlineNanos;
  private long count;
  private boolean ended;

  /**
   * @param bytes how many are to come; what the store sends beyond is not read
   * @param deadlineNanos on the clock of {@link System#nanoTime}
   */
  ObjectStream(ResponseInputStream<GetObjectResponse> in, long bytes, long deadlineNanos) {
    this.in = in;
    this.bytes = bytes;
    this.deadlineNanos = deadlineNanos;
  }

  GetObjectResponse response() {
    return in.response();
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    int length = read(one, 0, 1);
    return length < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer) {
    return read(buffer, 0, buffer.length);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw FailureException.of(
          FailureCode.STORAGE_UNAVAILABLE, "The store sends an object too slowly");
    }
    try {
      if (count == bytes) {
        // The SDK checks what it can check when it sees the end.
        ended = ended || in.read() < 0;
        return -1;
      }
      int got = in.read(buffer, offset, (int) Math.min(length, bytes - count));
      if (got < 0) {
        throw FailureException.of(
            FailureCode.STORAGE_UNAVAILABLE,
            "The store sent " + count + " of " + bytes + " bytes of an object");
      }
      count += got;
      return got;
    } catch (IOException e) {
      throw S3Failures.unavailable("The connection to the store broke during a read", e);
    } catch (SdkException e) {
      throw S3Failures.translate("Reading an object", e);
    }
  }

  @Override
  public void close() {
    if (!ended) {
      in.abort();
    }
    try {
      in.close();
    } catch (IOException e) {
      // After an abort the connection is gone, which is what was asked for.
      ended = true;
    }
  }
}
