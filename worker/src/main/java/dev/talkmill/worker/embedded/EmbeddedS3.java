package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An S3-compatible server on local files that lives as long as this object. It listens on loopback
 * alone and wants signed requests. An acknowledged object is on the disk.
 *
 * <p>Below the directory: {@code objects/<bucket>/<key>} as plain files, {@code credentials} (mode
 * 600: access key id and secret, a line each), {@code lock}. A write under way shows up in listings
 * as {@code <key>-<uuid>}, so that a listing is never proof of an object; those that a dead process
 * left behind are removed at the start.
 */
public final class EmbeddedS3 implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedS3.class);

  /** Limit of one PUT, an object or a part: 5 GiB, as S3 has it. */
  private static final long PUT_BYTES_MAX = 5L << 30;

  /** A body whose hash is part of its signature is held in memory; ours are streamed instead. */
  private static final long HELD_BODY_BYTES_MAX = 16L << 20;

  /** One chunk of a streamed body; the SDK sends 128 KiB. */
  private static final int CHUNK_BYTES_MAX = 4 << 20;

  private static final int THREADS_MAX = 100;
  private static final long STOP_MILLIS_MAX = 5_000;
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");

  private final DirectoryLock lock;
  private final S3Proxy server;
  private final Credentials credentials;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedS3(DirectoryLock lock, S3Proxy server, Credentials credentials) {
    this.lock = lock;
    this.server = server;
    this.credentials = credentials;
  }

  /**
   * Starts the server on a free port and makes the bucket if it is not there.
   *
   * @param directory made if it is not there; nothing else may use it
   * @throws EmbeddedServiceException in one plain sentence, if it cannot be started
   */
  public static EmbeddedS3 start(Path directory, String bucket) {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new EmbeddedServiceException(
          "The bucket name '"
              + bucket
              + "' must be 3 to 63 lower-case letters, digits or hyphens.");
    }
    Path home = PrivateFiles.directory(directory);
    DirectoryLock lock = DirectoryLock.acquire(home);
    EmbeddedS3 started = null;
    try {
      started = start(home, bucket, lock);
    } finally {
      if (started == null) {
        lock.close();
      }
    }
    return started;
  }

  private static EmbeddedS3 start(Path home, String bucket, DirectoryLock lock) {
    Credentials credentials = Credentials.of(home.resolve("credentials"));
    // A relative base directory makes the server's listings silently empty.
    Path objects = PrivateFiles.directory(home.resolve("objects"));
    try {
      CutOffWrites.remove(PrivateFiles.directory(objects.resolve(bucket)));
      PrivateFiles.sync(objects);
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "The bucket cannot be made in " + objects + ": " + e.getMessage(), e);
    }
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(
                new GuardedBlobStore(new FilesystemNio2BlobStore(objects.toString()), objects))
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(
                AuthenticationType.AWS_V4, credentials.accessKeyId(), credentials.secretAccessKey())
            .maxSinglePartObjectSize(PUT_BYTES_MAX)
            .v4MaxNonChunkedRequestSize(HELD_BODY_BYTES_MAX)
            .v4MaxChunkSize(CHUNK_BYTES_MAX)
            .jettyMaxThreads(THREADS_MAX)
            .stopTimeout(STOP_MILLIS_MAX)
            .build();
    run(server);
    log.info("The S3-compatible server listens on port {} over {}", server.getPort(), objects);
    return new EmbeddedS3(lock, server, credentials);
  }

  private static void run(S3Proxy server) {
    try {
      server.start();
    } catch (Exception e) { // The library declares no narrower type.
      throw new EmbeddedServiceException(
          "The embedded S3-compatible server does not start: " + e.getMessage(), e);
    }
  }

  /** Address of the server, for path-style requests. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  public String accessKeyId() {
    return credentials.accessKeyId();
  }

  public String secretAccessKey() {
    return credentials.secretAccessKey();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      server.stop();
    } catch (Exception e) { // The library declares no narrower type.
      log.warn("The embedded S3-compatible server did not stop cleanly", e);
    } finally {
      lock.close();
    }
  }

  private record Credentials(String accessKeyId, String secretAccessKey) {

    static Credentials of(Path file) {
      String content =
          PrivateFiles.readOrCreate(
              file, () -> PrivateFiles.secret() + "\n" + PrivateFiles.secret() + "\n");
      List<String> lines = content.lines().map(String::strip).toList();
      if (lines.size() != 2 || lines.contains("")) {
        throw new EmbeddedServiceException(
            "The file " + file + " must hold an access key id and a secret, a line each.");
      }
      return new Credentials(lines.getFirst(), lines.getLast());
    }
  }
}
