package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Writes objects, so that a repeated write of the same bytes is success. */
final class ObjectWriter {

  /** Largest object that is written by one request. */
  static final long SINGLE_PUT_BYTES_MAX = 64L << 20;

  private static final String OPERATION = "Writing an object";

  private final S3Client client;
  private final String bucket;
  private final TransferLimits limits;
  private final MultipartWrite multipartWrite;
  private final ObjectReader reader;

  ObjectWriter(
      S3Client client,
      String bucket,
      TransferLimits limits,
      MultipartWrite multipartWrite,
      ObjectReader reader) {
    this.client = client;
    this.bucket = bucket;
    this.limits = limits;
    this.multipartWrite = multipartWrite;
    this.reader = reader;
  }

  void put(String key, Path file, String mediaType) {
    Content content;
    try {
      content = new Content(() -> read(file), Files.size(file), Sha256.of(file), mediaType);
    } catch (IOException e) {
      throw S3Failures.ofSource(e);
    }
    S3Failures.guarded(
        OPERATION,
        () -> {
          write(key, content, false);
          return key;
        });
  }

  void putIfAbsent(String key, Content content) {
    if (content.bytes() > SINGLE_PUT_BYTES_MAX) {
      // Asked for first: a repeated attempt need not send gigabytes to learn that they are there.
      Optional<ObjectInfo> there = reader.head(key);
      if (there.isPresent()) {
        requireSame(there.get(), content);
        return;
      }
    }
    if (!writeIfAbsent(key, content)) {
      // Only a write of the same key that is still under way, or a delete, leaves nothing to see.
      ObjectInfo there =
          reader
              .head(key)
              .orElseThrow(() ->
                  FailureException.of(
                      FailureCode.STORAGE_UNAVAILABLE,
                      "Another write of the same object is under way"));
      requireSame(there, content);
    }
  }

  private boolean writeIfAbsent(String key, Content content) {
    return S3Failures.guarded(
        OPERATION,
        () -> {
          try {
            write(key, content, true);
            return true;
          } catch (S3Exception e) {
            if (S3Failures.isConflict(e)) {
              return false;
            }
            throw e;
          }
        });
  }

  private void write(String key, Content content, boolean absentOnly) {
    if (content.bytes() > SINGLE_PUT_BYTES_MAX) {
      multipartWrite.write(key, content, absentOnly);
      return;
    }
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(key)
            .contentType(content.mediaType())
            .metadata(Map.of(ObjectReader.SHA256_METADATA, content.sha256()))
            .overrideConfiguration(limits.ofBody(content.bytes()));
    if (absentOnly) {
      request.ifNoneMatch("*");
    }
    client.putObject(request.build(), content.body());
  }

  private void requireSame(ObjectInfo there, Content content) {
    if (there.bytes() != content.bytes() || !sha256(there).equals(content.sha256())) {
      throw FailureException.of(
          FailureCode.CHECKSUM_MISMATCH, "Other bytes are stored under the same key");
    }
  }

  /** Of an object without the metadata, as file systems without attributes leave it, its bytes'. */
  private String sha256(ObjectInfo there) {
    String kept = there.sha256();
    return kept == null ? reader.sha256Of(there.key(), there.bytes()) : kept;
  }

  private static InputStream read(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw S3Failures.ofSource(e);
    }
  }
}
