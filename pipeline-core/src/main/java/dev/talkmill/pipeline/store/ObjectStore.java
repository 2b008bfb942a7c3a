package dev.talkmill.pipeline.store;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bucket. Every call has a limit in time. Calls throw {@link
 * dev.talkmill.pipeline.failure.FailureException} with {@code storage_unavailable} when another
 * attempt can help and {@code object_missing} or {@code checksum_mismatch} when the object is not
 * what it should be.
 */
public interface ObjectStore {

  /**
   * Writes an object unless one stands there already. If one does, its size and SHA-256 are
   * compared: the same bytes are success, so that a repeated attempt is; others are {@code
   * checksum_mismatch}.
   *
   * @param source opened anew for each try; read to its end
   * @param bytes exact length
   * @param sha256 lower-case hex of the bytes; kept with the object
   */
  void putIfAbsent(String key, Source source, long bytes, String sha256, String mediaType);

  /** Writes an object, replacing what stands there. */
  void put(String key, Path file, String mediaType);

  /**
   * Copies an object to a file; at most {@code bytesMax} bytes, more is {@code
   * storage_unavailable}.
   */
  void get(String key, Path target, long bytesMax);

  Optional<ObjectInfo> head(String key);

  /** Reads part of an object; the caller closes the stream. {@code last} is inclusive. */
  InputStream open(String key, long first, long last);

  /**
   * Deletes an object with every version of it that the store keeps and lets be seen; an object
   * that is not there is success.
   */
  void delete(String key);

  /**
   * Deletes all objects below a prefix like {@link #delete}, and looks again until none is left.
   *
   * @param beforeEach runs before each deletion; what it throws ends the call
   * @return how many objects and versions there were
   */
  int deleteAll(String prefix, Runnable beforeEach);

  /**
   * The longest time that one call takes which moves so many bytes, 0 for one that moves none.
   * After that it has ended or failed, as far as this side of it goes.
   */
  Duration callLimit(long bytes);

  /**
   * One page of keys below a prefix, in order, after {@code after} (exclusive) or from the start.
   */
  List<ObjectInfo> list(String prefix, @Nullable String after, int max);

  /** A URL at which a client may PUT one object of exactly this many bytes. */
  URI presignPut(String key, long bytes, Duration validity);

  /** Begins a multipart upload; returns the store's id of it. */
  String startMultipart(String key);

  /** A URL at which a client may PUT one part; parts count from 1. */
  URI presignPart(String key, String multipartId, int part, long bytes, Duration validity);

  /** Joins the parts that the store has, in order. Repeating it after success is success. */
  void completeMultipart(String key, String multipartId);

  /** Forgets a multipart upload and its parts; one that is not there is success. */
  void abortMultipart(String key, String multipartId);

  /** Opens the bytes of an object to be written. */
  @FunctionalInterface
  interface Source {
    InputStream open();
  }

  /**
   * What the store says of an object.
   *
   * @param sha256 lower-case hex as given at the write, or null where it came by presigned upload
   */
  record ObjectInfo(String key, long bytes, @Nullable String sha256, Instant modified) {}
}
