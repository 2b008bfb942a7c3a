package dev.talkmill.worker.s3;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Deletes objects with every version that the store keeps of them: in a bucket with versioning a
 * plain deletion only hides the bytes behind a marker. A store that knows no versions, or does not
 * let us see or delete them, gets plain deletions.
 */
final class ObjectEraser {

  private static final Logger log = LoggerFactory.getLogger(ObjectEraser.class);

  private static final int PAGE = 500;

  private final S3Client client;
  private final String bucket;
  private final ObjectLister lister;
  private final ObjectReader reader;
  private final AtomicBoolean warned = new AtomicBoolean();

  /** Found once and not asked again: a server does not learn this while we run. */
  private volatile boolean knowsNoVersions;

  ObjectEraser(S3Client client, String bucket, ObjectLister lister, ObjectReader reader) {
    this.client = client;
    this.bucket = bucket;
    this.lister = lister;
    this.reader = reader;
  }

  /**
   * One version of an object, or one marker of its deletion.
   *
   * @param id the store's; {@code null} as text for what was written without versioning
   * @param bytes whether it is more than a marker
   */
  private record Version(String key, @Nullable String id, boolean bytes) {}

  /** The store does not know versions, or does not let us see or delete them. */
  private static final class NoVersions extends Exception {
    private static final long serialVersionUID = 1L;
  }

  void delete(String key) {
    try {
      int versions = deleteVersions(key, version -> version.key().equals(key), () -> {});
      // A store may ignore that it was asked for versions, and show none of an object that is
      // there. Where it keeps them, a plain deletion of nothing would leave a marker behind.
      if (versions == 0 && reader.head(key).isPresent()) {
        deletePlainly(key);
      }
    } catch (NoVersions e) {
      deletePlainly(key);
    }
  }

  int deleteAll(String prefix, Runnable beforeEach) {
    int versions = 0;
    try {
      versions = deleteVersions(prefix, found -> found.key().startsWith(prefix), beforeEach);
    } catch (NoVersions e) {
      log.debug("objects are deleted plainly");
    }
    return versions + deletePlainly(prefix, beforeEach);
  }

  /** Returns how many there were that are more than markers. */
  private int deleteVersions(String prefix, Predicate<Version> which, Runnable beforeEach)
      throws NoVersions {
    int deleted = 0;
    List<Version> page = versions(prefix, which);
    while (!page.isEmpty()) {
      for (Version version : page) {
        beforeEach.run();
        delete(version);
        deleted += version.bytes() ? 1 : 0;
      }
      Version first = page.getFirst();
      page = versions(prefix, which);
      requireGone(!page.isEmpty() && page.getFirst().equals(first));
    }
    return deleted;
  }

  private int deletePlainly(String prefix, Runnable beforeEach) {
    int deleted = 0;
    List<ObjectInfo> page = lister.list(prefix, null, PAGE);
    while (!page.isEmpty()) {
      for (ObjectInfo object : page) {
        beforeEach.run();
        deletePlainly(object.key());
        deleted++;
      }
      String first = page.getFirst().key();
      page = lister.list(prefix, null, PAGE);
      requireGone(!page.isEmpty() && page.getFirst().key().equals(first));
    }
    return deleted;
  }

  private static void requireGone(boolean stillThere) {
    if (stillThere) {
      throw FailureException.of(
          FailureCode.STORAGE_UNAVAILABLE, "The store still lists what it said it had deleted");
    }
  }

  private void deletePlainly(String key) {
    S3Failures.guarded(
        "Deleting an object",
        () -> {
          try {
            client.deleteObject(request -> request.bucket(bucket).key(key));
          } catch (S3Exception e) {
            if (!S3Failures.isMissing(e)) {
              throw e;
            }
          }
          return key;
        });
  }

  private List<Version> versions(String prefix, Predicate<Version> which) throws NoVersions {
    if (knowsNoVersions) {
      throw new NoVersions();
    }
    ListObjectVersionsResponse page =
        unlessRefused(
            "Listing versions",
            () ->
                client.listObjectVersions(
                    request -> request.bucket(bucket).prefix(prefix).maxKeys(PAGE)));
    return Stream.concat(
            page.versions().stream().map(v -> new Version(v.key(), v.versionId(), true)),
            page.deleteMarkers().stream().map(m -> new Version(m.key(), m.versionId(), false)))
        .filter(which)
        .toList();
  }

  private void delete(Version version) throws NoVersions {
    unlessRefused(
        "Deleting a version",
        () -> {
          try {
            client.deleteObject(
                request -> request.bucket(bucket).key(version.key()).versionId(version.id()));
          } catch (S3Exception e) {
            if (!S3Failures.isMissing(e)) {
              throw e;
            }
          }
          return version;
        });
  }

  private <T> T unlessRefused(String operation, Supplier<T> call) throws NoVersions {
    @Nullable T answer =
        S3Failures.guarded(
            operation,
            () -> {
              try {
                return call.get();
              } catch (S3Exception e) {
                if (!isRefused(e)) {
                  throw e;
                }
                return null;
              }
            });
    if (answer == null) {
      throw new NoVersions();
    }
    return answer;
  }

  private boolean isRefused(S3Exception e) {
    if (S3Failures.isUnknownToStore(e)) {
      knowsNoVersions = true;
      return true;
    }
    if (!S3Failures.isDenied(e)) {
      return false;
    }
    if (!warned.getAndSet(true)) {
      log.warn(
          "the store denies listing or deleting versions of objects; if the bucket keeps versions,"
              + " deleted objects stay in it as older ones (allow s3:ListBucketVersions and"
              + " s3:DeleteObjectVersion)");
    }
    return true;
  }
}
