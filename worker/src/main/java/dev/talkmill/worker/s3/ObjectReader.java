package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Reads objects: whole into a file, in part as a stream, or only what the store says of them. */
final class ObjectReader {

  /** Name of the metadata entry, sent as {@code x-amz-meta-sha256}. */
  static final String SHA256_METADATA = "sha256";

  private static final int BUFFER_BYTES = 1 << 16;

  private final S3Client client;
  private final String bucket;
  private final TransferLimits limits;

  ObjectReader(S3Client client, String bucket, TransferLimits limits) {
    this.client = client;
    this.bucket = bucket;
    this.limits = limits;
  }

  Optional<ObjectInfo> head(String key) {
    return S3Failures.guarded(
        "Asking for an object",
        () -> {
          try {
            var found = client.headObject(request -> request.bucket(bucket).key(key));
            return Optional.of(
                info(key, found.contentLength(), sha256(found.metadata()), found.lastModified()));
          } catch (S3Exception e) {
            if (S3Failures.isMissing(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** What a store said, if it said all that S3 stores say. */
  static ObjectInfo info(
      String key, @Nullable Long bytes, @Nullable String sha256, @Nullable Instant modified) {
    if (bytes == null || modified == null) {
      throw FailureException.of(
          FailureCode.STORAGE_UNAVAILABLE, "The store leaves out an object's length or time");
    }
    return new ObjectInfo(key, bytes, sha256, modified);
  }

  void get(String key, Path target, long bytesMax) {
    boolean whole = false;
    try (OutputStream out = Files.newOutputStream(target);
        ObjectStream in = openWhole(key, bytesMax)) {
      MessageDigest digest = Sha256.digest();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
        out.write(buffer, 0, got);
      }
      String expected = sha256(in.response().metadata());
      if (expected != null && !expected.equals(Sha256.hex(digest))) {
        throw FailureException.of(
            FailureCode.CHECKSUM_MISMATCH, "The stored object does not have its SHA-256");
      }
      whole = true;
    } catch (IOException e) {
      // Faults of the store are FailureExceptions by now: this is the file.
      throw FailureException.of(
          FailureCode.SCRATCH_FULL, "An object cannot be copied to scratch space", e);
    } finally {
      if (!whole) {
        discard(target);
      }
    }
  }

  InputStream open(String key, long first, long last) {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("no such range: " + first + " to " + last);
    }
    ObjectStream in = request(key, "bytes=" + first + "-" + last, last - first + 1);
    if (first > 0 && in.response().contentRange() == null) {
      in.close();
      throw FailureException.of(
          FailureCode.STORAGE_UNAVAILABLE, "The store ignores the range of a read");
    }
    return in;
  }

  /** The SHA-256 of what stands at a key, worked out from its bytes. */
  String sha256Of(String key, long bytesMax) {
    try (ObjectStream in = openWhole(key, bytesMax)) {
      MessageDigest digest = Sha256.digest();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
      }
      return Sha256.hex(digest);
    }
  }

  private ObjectStream openWhole(String key, long bytesMax) {
    ObjectStream in = request(key, null, bytesMax);
    if (Objects.requireNonNullElse(in.response().contentLength(), 0L) > bytesMax) {
      in.close();
      throw FailureException.of(
          FailureCode.STORAGE_UNAVAILABLE, "The object is larger than " + bytesMax + " bytes");
    }
    return in;
  }

  private ObjectStream request(String key, @Nullable String range, long bytesMax) {
    ResponseInputStream<GetObjectResponse> in =
        S3Failures.guarded(
            "Reading an object",
            () -> client.getObject(request -> request.bucket(bucket).key(key).range(range)));
    Long length = in.response().contentLength();
    long bytes = length == null ? bytesMax : Math.min(length, bytesMax);
    return new ObjectStream(in, bytes, limits.deadline(bytes));
  }

  private static @Nullable String sha256(Map<String, String> metadata) {
    String value = metadata.get(SHA256_METADATA);
    return value != null && Content.isSha256(value) ? value : null;
  }

  private static void discard(Path target) {
    try {
      Files.deleteIfExists(target);
    } catch (IOException e) {
      throw FailureException.of(
          FailureCode.SCRATCH_FULL, "A half-written scratch file cannot be removed", e);
    }
  }
}
