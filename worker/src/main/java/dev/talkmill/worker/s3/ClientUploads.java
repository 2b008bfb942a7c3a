package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Multipart uploads whose parts a client sends to presigned URLs. */
final class ClientUploads {

  /** The protocol's limit of parts, and so of pages with at least one part each. */
  private static final int PARTS_MAX = 10_000;

  private final S3Client client;
  private final String bucket;
  private final MultipartWrite multipartWrite;
  private final ObjectReader reader;

  ClientUploads(
      S3Client client, String bucket, MultipartWrite multipartWrite, ObjectReader reader) {
    this.client = client;
    this.bucket = bucket;
    this.multipartWrite = multipartWrite;
    this.reader = reader;
  }

  String start(String key) {
    return S3Failures.guarded(
        "Starting an upload",
        () ->
            client
                .createMultipartUpload(request ->
                    request.bucket(bucket).key(key).contentType(Content.UNKNOWN_MEDIA_TYPE))
                .uploadId());
  }

  void complete(String key, String id) {
    S3Failures.guarded(
        "Completing an upload",
        () -> {
          try {
            join(key, id);
          } catch (S3Exception e) {
            if (!S3Failures.isMissing(e)) {
              throw e;
            }
            requireDone(key, "The upload is not known to the store");
          }
          return key;
        });
  }

  private void join(String key, String id) {
    List<Part> parts = parts(key, id);
    // Some stores remove the parts one by one after they have joined them. What such a store still
    // has after a crash must not be joined once more: it would replace the object by a piece of it.
    for (int index = 0; index < parts.size(); index++) {
      if (parts.get(index).partNumber() != index + 1) {
        requireDone(key, "Part " + (index + 1) + " of the upload is missing");
        return;
      }
    }
    if (parts.isEmpty()) {
      requireDone(key, "The upload has no parts");
      return;
    }
    List<CompletedPart> joined =
        parts.stream()
            .map(p -> CompletedPart.builder().partNumber(p.partNumber()).eTag(p.eTag()).build())
            .toList();
    long bytes = parts.stream().mapToLong(Part::size).sum();
    multipartWrite.complete(key, id, joined, false, bytes);
  }

  private List<Part> parts(String key, String id) {
    List<Part> parts = new ArrayList<>();
    Integer marker = null;
    for (int page = 0; page < PARTS_MAX; page++) {
      Integer after = marker;
      ListPartsResponse response =
          client.listParts(
              request -> request.bucket(bucket).key(key).uploadId(id).partNumberMarker(after));
      parts.addAll(response.parts());
      marker = response.nextPartNumberMarker();
      if (!Boolean.TRUE.equals(response.isTruncated()) || marker == null || parts.isEmpty()) {
        return parts;
      }
    }
    throw FailureException.of(
        FailureCode.STORAGE_UNAVAILABLE, "The store's list of parts does not come to an end");
  }

  void abort(String key, String id) {
    S3Failures.guarded(
        "Aborting an upload",
        () -> {
          try {
            client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(id));
          } catch (S3Exception e) {
            if (!S3Failures.isMissing(e)) {
              throw e;
            }
          }
          return key;
        });
  }

  private void requireDone(String key, String otherwise) {
    if (reader.head(key).isEmpty()) {
      throw FailureException.of(FailureCode.OBJECT_MISSING, otherwise);
    }
  }
}
