package dev.talkmill.worker.s3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Writes a large object in parts, one after the other, so that memory does not grow with it. */
final class MultipartWrite {

  private static final Logger log = LoggerFactory.getLogger(MultipartWrite.class);

  /** Bytes of a part. S3 wants at least 5 MiB and takes 10,000 parts: 160 GB in all. */
  static final long PART_BYTES = 16L << 20;

  private final S3Client client;
  private final String bucket;
  private final TransferLimits limits;

  MultipartWrite(S3Client client, String bucket, TransferLimits limits) {
    this.client = client;
    this.bucket = bucket;
    this.limits = limits;
  }

  /**
   * @param absentOnly write only if nothing stands at the key
   * @throws S3Exception as the store answers; 412 or 409 where something stands at the key
   */
  void write(String key, Content content, boolean absentOnly) {
    String id =
        client
            .createMultipartUpload(request ->
                request
                    .bucket(bucket)
                    .key(key)
                    .contentType(content.mediaType())
                    .metadata(Map.of(ObjectReader.SHA256_METADATA, content.sha256())))
            .uploadId();
    boolean complete = false;
    try {
      complete(key, id, writeParts(key, id, content), absentOnly, content.bytes());
      complete = true;
    } finally {
      if (!complete) {
        abort(key, id);
      }
    }
  }

  /** Joins parts; a store may copy every byte meanwhile, so the limit grows with them. */
  void complete(String key, String id, List<CompletedPart> parts, boolean absentOnly, long bytes) {
    client.completeMultipartUpload(request -> {
      request
          .bucket(bucket)
          .key(key)
          .uploadId(id)
          .multipartUpload(all -> all.parts(parts))
          .overrideConfiguration(limits.ofBody(bytes));
      if (absentOnly) {
        request.ifNoneMatch("*");
      }
    });
  }

  private List<CompletedPart> writeParts(String key, String id, Content content) {
    List<CompletedPart> parts = new ArrayList<>();
    try (SequentialParts source = new SequentialParts(content)) {
      for (long offset = 0; offset < content.bytes(); offset += PART_BYTES) {
        parts.add(writePart(key, id, parts.size() + 1, source, offset, content.bytes()));
      }
    } catch (IOException e) {
      throw S3Failures.ofSource(e);
    }
    return parts;
  }

  private CompletedPart writePart(
      String key, String id, int number, SequentialParts source, long offset, long total) {
    long length = Math.min(PART_BYTES, total - offset);
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> source.part(offset, length), length, Content.UNKNOWN_MEDIA_TYPE);
    String tag =
        client
            .uploadPart(
                request ->
                    request
                        .bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .partNumber(number)
                        .overrideConfiguration(limits.ofBody(length)),
                body)
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private void abort(String key, String id) {
    try {
      client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(id));
    } catch (SdkException e) {
      log.warn("The parts of a failed write stay in the store until its own clean-up", e);
    }
  }
}
