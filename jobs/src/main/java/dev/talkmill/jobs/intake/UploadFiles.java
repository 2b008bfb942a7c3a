package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.intake.PresignedUploads.Part;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Parts of files in the object store. Never called inside a transaction. */
final class UploadFiles {

  /** What S3 demands of parts is at least 5 MiB, except of the last, and at most 10,000 of them. */
  static final long PART_BYTES = 64L << 20;

  private static final long PARTS_MAX = 10_000;

  /** Parts that a store lists at a time, at least; S3's own page is as long. */
  private static final long LISTED_PARTS = 1_000;

  /** Signatures are not valid for longer. */
  private static final Duration SIGNATURE_MAX = Duration.ofDays(7);

  private final ObjectStore store;
  private final Duration validity;

  UploadFiles(ObjectStore store, Duration validity) {
    this.store = store;
    this.validity = validity;
  }

  /** Where the parts go; together they are the whole file. */
  List<Part> parts(String key, String multipart, long bytes) {
    long size = Math.max(PART_BYTES, Math.ceilDiv(bytes, PARTS_MAX));
    Duration signed = validity.compareTo(SIGNATURE_MAX) > 0 ? SIGNATURE_MAX : validity;
    List<Part> parts = new ArrayList<>();
    for (long first = 0; first < bytes; first += size) {
      int number = parts.size() + 1;
      long length = Math.min(size, bytes - first);
      URI url = store.presignPart(key, multipart, number, length, signed);
      parts.add(new Part(number, url, first, length));
    }
    return parts;
  }

  /**
   * The longest that {@link #join} takes: pages of the list of parts, the joining itself, for which
   * a store may copy every byte, and one or two questions for the size. It follows from the limits
   * of the calls, so it holds for a file of any size and for every setting of them.
   */
  Duration joinLimit(long bytes) {
    long parts = Math.ceilDiv(bytes, Math.max(PART_BYTES, Math.ceilDiv(bytes, PARTS_MAX)));
    long questions = Math.ceilDiv(parts, LISTED_PARTS) + 2;
    return store.callLimit(bytes).plus(store.callLimit(0).multipliedBy(questions));
  }

  /**
   * Joins the parts that the store has.
   *
   * @return bytes that it holds now; 0 while parts before the last are missing
   */
  long join(Upload upload) {
    try {
      store.completeMultipart(upload.storageKey(), upload.multipartId());
    } catch (FailureException e) {
      if (e.failure().code() == FailureCode.OBJECT_MISSING) {
        return 0;
      }
      // Another process may have joined it meanwhile.
      if (size(upload) != upload.bytes()) {
        throw e;
      }
    }
    return size(upload);
  }

  private long size(Upload upload) {
    return store.head(upload.storageKey()).map(ObjectInfo::bytes).orElse(0L);
  }
}
