package dev.talkmill.bench;

import dev.talkmill.pipeline.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Object stores at no cost. */
final class FakeStores {

  private FakeStores() {}

  /** Reads what it is given and keeps nothing. */
  static ObjectStore empty() {
    return new NothingKept();
  }

  /** Holds what it is told to, all of it long ago, and finds whatever it is asked for. */
  static ObjectStore of(List<String> keys) {
    return new Holding(keys);
  }

  private static class NothingKept implements ObjectStore {

    @Override
    public void putIfAbsent(
        String key, Source source, long bytes, String sha256, String mediaType) {
      try (InputStream in = source.open()) {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void put(String key, Path file, String mediaType) {}

    @Override
    public void get(String key, Path target, long bytesMax) {
      try {
        Files.createFile(target);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
      return Optional.empty();
    }

    @Override
    public InputStream open(String key, long first, long last) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public int deleteAll(String prefix, Runnable beforeEach) {
      return 0;
    }

    @Override
    public Duration callLimit(long bytes) {
      return Duration.ofMinutes(1);
    }

    @Override
    public void delete(String key) {}

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
      return List.of();
    }

    @Override
    public URI presignPut(String key, long bytes, Duration validity) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public String startMultipart(String key) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public URI presignPart(
        String key, String multipartId, int part, long bytes, Duration validity) {
      throw new UnsupportedOperationException("nothing is kept");
    }

    @Override
    public void completeMultipart(String key, String multipartId) {}

    @Override
    public void abortMultipart(String key, String multipartId) {}
  }

  private static final class Holding extends NothingKept {

    private static final Instant LONG_AGO = Instant.EPOCH;

    private final List<ObjectInfo> objects;

    Holding(List<String> keys) {
      this.objects = keys.stream().map(key -> new ObjectInfo(key, 1, null, LONG_AGO)).toList();
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
      return Optional.of(new ObjectInfo(key, 1, null, LONG_AGO));
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
      return objects;
    }
  }
}
