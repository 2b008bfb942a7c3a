package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists keys in order, as many as were asked for, however many pages the store makes of them. */
final class ObjectLister {

  /** S3 never returns more keys at a time, whatever is asked for. */
  private static final int PAGE_KEYS_MAX = 1_000;

  private static final int KEYS_MAX = 100_000;

  /** Pages of one call; a store that goes on for ever with empty ones is cut off here. */
  private static final int PAGES_MAX = 1_000;

  private final S3Client client;
  private final String bucket;

  ObjectLister(S3Client client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
    if (max < 1 || max > KEYS_MAX) {
      throw new IllegalArgumentException(
          "between 1 and " + KEYS_MAX + " keys can be listed at once, not " + max);
    }
    List<ObjectInfo> found = new ArrayList<>();
    String token = null;
    for (int page = 0; page < PAGES_MAX; page++) {
      ListObjectsV2Response response = page(prefix, after, token, max - found.size());
      response.contents().forEach(object -> add(found, object, prefix, after));
      token = response.nextContinuationToken();
      if (found.size() >= max || token == null || !Boolean.TRUE.equals(response.isTruncated())) {
        return List.copyOf(found.subList(0, Math.min(max, found.size())));
      }
    }
    throw FailureException.of(
        FailureCode.STORAGE_UNAVAILABLE, "The store's listing does not come to an end");
  }

  private ListObjectsV2Response page(
      String prefix, @Nullable String after, @Nullable String token, int wanted) {
    return S3Failures.guarded(
        "Listing objects",
        () ->
            client.listObjectsV2(request ->
                request
                    .bucket(bucket)
                    .prefix(prefix)
                    .startAfter(token == null ? after : null)
                    .continuationToken(token)
                    .maxKeys(Math.min(wanted, PAGE_KEYS_MAX))));
  }

  /** A store that overlooks prefix or start would make a sweep go round in circles. */
  private static void add(
      List<ObjectInfo> found, S3Object object, String prefix, @Nullable String after) {
    String key = object.key();
    if (key.startsWith(prefix) && (after == null || key.compareTo(after) > 0)) {
      found.add(ObjectReader.info(key, object.size(), null, object.lastModified()));
    }
  }
}
