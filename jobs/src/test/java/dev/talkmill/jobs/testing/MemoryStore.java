package dev.talkmill.jobs.testing;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The bucket as a map, for tests of what is written beside it. A multipart upload becomes an object
 * of no bytes when it is joined.
 */
public class MemoryStore implements ObjectStore {

  private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

  @Override
  public void putIfAbsent(String key, Source source, long bytes, String sha256, String mediaType) {
    try (InputStream in = source.open()) {
      objects.putIfAbsent(key, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(String key, Path file, String mediaType) {
    try {
      objects.put(key, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void get(String key, Path target, long bytesMax) {
    try {
      Files.write(target, bytes(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return Optional.ofNullable(objects.get(key)).map(bytes -> info(key, bytes));
  }

  @Override
  public InputStream open(String key, long first, long last) {
    return new ByteArrayInputStream(bytes(key), (int) first, (int) (last - first + 1));
  }

  @Override
  public void delete(String key) {
    objects.remove(key);
  }

  @Override
  public int deleteAll(String prefix, Runnable beforeEach) {
    List<ObjectInfo> all = list(prefix, null, Integer.MAX_VALUE);
    for (ObjectInfo object : all) {
      beforeEach.run();
      delete(object.key());
    }
    return all.size();
  }

  @Override
  public Duration callLimit(long bytes) {
    return Duration.ofSeconds(1 + bytes);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
    return objects.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .filter(entry -> after == null || entry.getKey().compareTo(after) > 0)
        .limit(max)
        .map(entry -> info(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public URI presignPut(String key, long bytes, Duration validity) {
    return URI.create("memory:" + key);
  }

  @Override
  public String startMultipart(String key) {
    return "upload of " + key;
  }

  @Override
  public URI presignPart(String key, String multipartId, int part, long bytes, Duration validity) {
    return URI.create("memory:" + key + "/" + part);
  }

  @Override
  public void completeMultipart(String key, String multipartId) {
    objects.putIfAbsent(key, new byte[0]);
  }

  @Override
  public void abortMultipart(String key, String multipartId) {}

  private byte[] bytes(String key) {
    byte[] bytes = objects.get(key);
    if (bytes == null) {
      throw FailureException.of(FailureCode.OBJECT_MISSING, "no such object");
    }
    return bytes;
  }

  private static ObjectInfo info(String key, byte[] bytes) {
    return new ObjectInfo(key, bytes.length, null, Instant.EPOCH);
  }
}
