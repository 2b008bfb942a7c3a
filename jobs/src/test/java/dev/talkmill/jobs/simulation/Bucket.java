package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.testing.MemoryStore;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The bucket of one history; each of its calls is made by a strand or, past all, by a client. */
final class Bucket extends MemoryStore {

  private final Outside outside;
  private final InstantSource clock;
  private final Map<String, Instant> modified = new HashMap<>();

  /** What clients have put under uploads that are neither joined nor aborted. */
  private final TreeMap<String, byte[]> uploads = new TreeMap<>();

  private int started;

  Bucket(Outside outside, InstantSource clock) {
    this.outside = outside;
    this.clock = clock;
  }

  @Override
  public void putIfAbsent(String key, Source source, long bytes, String sha256, String mediaType) {
    outside.stored(
        Moment.BEFORE_PUT,
        Moment.AFTER_PUT,
        () -> {
          if (modified.containsKey(key) && !Arrays.equals(whole(key), read(source))) {
            throw FailureException.of(FailureCode.CHECKSUM_MISMATCH, "other bytes stand there");
          }
          modified.putIfAbsent(key, clock.instant());
          super.putIfAbsent(key, source, bytes, sha256, mediaType);
        });
  }

  private byte[] whole(String key) {
    return read(() -> open(key, 0, Integer.MAX_VALUE - 1));
  }

  private static byte[] read(Source source) {
    try (InputStream in = source.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(String key, Path file, String mediaType) {
    outside.stored(
        Moment.BEFORE_PUT,
        Moment.AFTER_PUT,
        () -> {
          modified.put(key, clock.instant());
          super.put(key, file, mediaType);
        });
  }

  @Override
  public void get(String key, Path target, long bytesMax) {
    outside.stored(Moment.BEFORE_GET, Moment.AFTER_GET, () -> super.get(key, target, bytesMax));
  }

  @Override
  public void delete(String key) {
    outside.stored(
        Moment.BEFORE_DELETE,
        Moment.AFTER_DELETE,
        () -> {
          modified.remove(key);
          super.delete(key);
        });
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
    return outside.call(
        Moment.BEFORE_LIST,
        Moment.AFTER_LIST,
        () -> super.list(prefix, after, max).stream().map(this::dated).toList());
  }

  private ObjectInfo dated(ObjectInfo object) {
    Instant at = modified.getOrDefault(object.key(), Instant.EPOCH);
    return new ObjectInfo(object.key(), object.bytes(), object.sha256(), at);
  }

  @Override
  public String startMultipart(String key) {
    return outside.call(
        Moment.BEFORE_UPLOAD,
        Moment.AFTER_UPLOAD,
        () -> {
          started++;
          uploads.put("upload-" + started, new byte[0]);
          return "upload-" + started;
        });
  }

  @Override
  public URI presignPart(String key, String multipartId, int part, long bytes, Duration validity) {
    return URI.create("memory:" + multipartId);
  }

  /** A client puts what it was given a URL for, if the upload is still there. */
  void receive(URI url, byte[] bytes) {
    uploads.computeIfPresent(url.getSchemeSpecificPart(), (id, nothing) -> bytes);
  }

  @Override
  public void completeMultipart(String key, String multipartId) {
    outside.stored(
        Moment.BEFORE_JOIN,
        Moment.AFTER_JOIN,
        () -> {
          byte[] bytes = uploads.remove(multipartId);
          if (bytes != null) {
            modified.put(key, clock.instant());
            super.putIfAbsent(
                key, () -> new ByteArrayInputStream(bytes), bytes.length, "", "audio/wav");
          } else if (!modified.containsKey(key)) {
            throw FailureException.of(FailureCode.OBJECT_MISSING, "no such upload");
          }
        });
  }

  @Override
  public void abortMultipart(String key, String multipartId) {
    outside.stored(Moment.BEFORE_ABORT, Moment.AFTER_ABORT, () -> uploads.remove(multipartId));
  }

  TreeSet<String> keys() {
    return new TreeSet<>(modified.keySet());
  }

  /**
   * Uploads with bytes that were neither joined nor aborted. One whose beginning died before its
   * row was written has none, and ends by the bucket's own rule.
   */
  int uploads() {
    return (int) uploads.values().stream().filter(bytes -> bytes.length > 0).count();
  }
}
