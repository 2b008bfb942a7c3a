package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.store.ObjectStore.Source;
import java.io.InputStream;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * What is to be written.
 *
 * @param bytes exact length
 * @param sha256 lower-case hex of the bytes
 * @param mediaType shown to whoever downloads the object
 */
record Content(Source source, long bytes, String sha256, String mediaType) {

  static final String UNKNOWN_MEDIA_TYPE = "application/octet-stream";

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** It becomes a header: anything else could break the request, or smuggle in another header. */
  private static final Pattern MEDIA_TYPE = Pattern.compile("[\\w.+-]+/[\\w.+-]+[ \\w;=.,+/-]*");

  private static final int MEDIA_TYPE_CHARS_MAX = 200;

  Content {
    if (bytes < 0) {
      throw new IllegalArgumentException("length must not be negative, but is " + bytes);
    }
    if (!isSha256(sha256)) {
      throw new IllegalArgumentException("sha256 must be 64 lower-case hex digits");
    }
    if (mediaType.length() > MEDIA_TYPE_CHARS_MAX || !MEDIA_TYPE.matcher(mediaType).matches()) {
      mediaType = UNKNOWN_MEDIA_TYPE;
    }
  }

  static boolean isSha256(String text) {
    return SHA256.matcher(text).matches();
  }

  /** The bytes, which fail to end if they are not those that were announced. */
  InputStream open() {
    return new VerifiedStream(source.open(), bytes, sha256);
  }

  RequestBody body() {
    return RequestBody.fromContentProvider(this::open, bytes, mediaType);
  }
}
