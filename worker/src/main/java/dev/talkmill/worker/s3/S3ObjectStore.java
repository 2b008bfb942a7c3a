package dev.talkmill.worker.s3;

import dev.talkmill.config.StorageSettings;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The bucket on Amazon S3 or a server that speaks its protocol.
 *
 * <p>Every object that is written here keeps its SHA-256 as metadata {@code x-amz-meta-sha256}.
 * Nothing is repeated by itself: a failed call comes out as a failure, and the ledger decides.
 * Objects above 64 MiB are written in parts; memory does not grow with an object's size.
 */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {

  /** The protocol's own limit of a presigned URL. */
  private static final Duration VALIDITY_MAX = Duration.ofDays(7);

  private final S3Client client;
  private final S3Presigner presigner;
  private final String bucket;
  private final ObjectReader reader;
  private final ObjectLister lister;
  private final ObjectWriter writer;
  private final ObjectEraser eraser;
  private final ClientUploads clientUploads;
  private final TransferLimits limits;

  private S3ObjectStore(StorageSettings settings, S3Clients clients) {
    client = clients.client();
    presigner = clients.presigner(client);
    bucket = settings.bucket();
    limits = new TransferLimits(settings);
    reader = new ObjectReader(client, bucket, limits);
    lister = new ObjectLister(client, bucket);
    eraser = new ObjectEraser(client, bucket, lister, reader);
    MultipartWrite multipartWrite = new MultipartWrite(client, bucket, limits);
    writer = new ObjectWriter(client, bucket, limits, multipartWrite, reader);
    clientUploads = new ClientUploads(client, bucket, multipartWrite, reader);
  }

  /** A store at the endpoint and with the credentials of the settings, or on Amazon S3. */
  public static S3ObjectStore of(StorageSettings settings) {
    return new S3ObjectStore(
        settings,
        S3Clients.of(
            settings, settings.endpoint(), settings.accessKeyId(), settings.secretAccessKey()));
  }

  /** A store elsewhere than the settings say, such as the embedded one. */
  public static S3ObjectStore of(
      StorageSettings settings, URI endpoint, String accessKeyId, String secretAccessKey) {
    return new S3ObjectStore(
        settings, S3Clients.of(settings, endpoint, accessKeyId, secretAccessKey));
  }

  /**
   * Asks for the bucket, to learn at start-up or for a health check whether it can be used.
   *
   * @throws FailureException {@code storage_unavailable} with the reason
   */
  public void checkBucket() {
    S3Failures.guarded(
        "Asking for the bucket",
        () -> {
          try {
            return client.headBucket(request -> request.bucket(bucket));
          } catch (S3Exception e) {
            if (e.statusCode() != 404) {
              throw e;
            }
            throw S3Failures.unavailable("The store has no bucket named " + bucket, e);
          }
        });
  }

  /**
   * Asks for the bucket when a worker starts. A store that is away keeps nobody from starting, for
   * recordings are taken in without it; one that answers and does not know bucket or credentials
   * shows that a setting is wrong.
   *
   * @return why the store cannot be used for now; empty if it can
   * @throws FailureException {@code storage_unavailable} with what is wrong
   */
  public Optional<String> awayAtStart() {
    try {
      checkBucket();
      return Optional.empty();
    } catch (FailureException e) {
      if (!S3Failures.isOutage(e)) {
        throw e;
      }
      return Optional.of(e.failure().message());
    }
  }

  @Override
  public void putIfAbsent(String key, Source source, long bytes, String sha256, String mediaType) {
    writer.putIfAbsent(key, new Content(source, bytes, sha256, mediaType));
  }

  @Override
  public void put(String key, Path file, String mediaType) {
    writer.put(key, file, mediaType);
  }

  @Override
  public void get(String key, Path target, long bytesMax) {
    reader.get(key, target, bytesMax);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return reader.head(key);
  }

  /** {@inheritDoc} Reading from the stream throws {@link FailureException}, too. */
  @Override
  public InputStream open(String key, long first, long last) {
    return reader.open(key, first, last);
  }

  @Override
  public void delete(String key) {
    eraser.delete(key);
  }

  @Override
  public int deleteAll(String prefix, Runnable beforeEach) {
    return eraser.deleteAll(prefix, beforeEach);
  }

  @Override
  public Duration callLimit(long bytes) {
    return limits.callLimit(bytes);
  }

  @Override
  public List<ObjectInfo> list(String prefix, @Nullable String after, int max) {
    return lister.list(prefix, after, max);
  }

  @Override
  public URI presignPut(String key, long bytes, Duration validity) {
    requireValid(bytes, validity);
    return URI.create(
        presigner
            .presignPutObject(signing ->
                signing
                    .signatureDuration(validity)
                    .putObjectRequest(
                        request -> request.bucket(bucket).key(key).contentLength(bytes)))
            .url()
            .toString());
  }

  @Override
  public String startMultipart(String key) {
    return clientUploads.start(key);
  }

  @Override
  public URI presignPart(String key, String multipartId, int part, long bytes, Duration validity) {
    requireValid(bytes, validity);
    return URI.create(
        presigner
            .presignUploadPart(signing ->
                signing
                    .signatureDuration(validity)
                    .uploadPartRequest(request ->
                        request
                            .bucket(bucket)
                            .key(key)
                            .uploadId(multipartId)
                            .partNumber(part)
                            .contentLength(bytes)))
            .url()
            .toString());
  }

  @Override
  public void completeMultipart(String key, String multipartId) {
    clientUploads.complete(key, multipartId);
  }

  @Override
  public void abortMultipart(String key, String multipartId) {
    clientUploads.abort(key, multipartId);
  }

  @Override
  public void close() {
    presigner.close();
    client.close();
  }

  private static void requireValid(long bytes, Duration validity) {
    if (bytes < 0) {
      throw new IllegalArgumentException("length must not be negative, but is " + bytes);
    }
    if (validity.isNegative() || validity.isZero() || validity.compareTo(VALIDITY_MAX) > 0) {
      throw new IllegalArgumentException("validity must be above 0 and at most 7 days");
    }
  }
}
