package dev.talkmill.worker.s3;

import dev.talkmill.config.StorageSettings;
import dev.talkmill.pipeline.store.ObjectStore.Source;
import dev.talkmill.worker.embedded.EmbeddedS3;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;

/** The adapter against the embedded server. */
final class StoreFixture implements AutoCloseable {

  static final String BUCKET = "talkmill";

  final EmbeddedS3 server;
  final S3ObjectStore store;

  StoreFixture(Path directory) {
    server = EmbeddedS3.start(directory, BUCKET);
    store = store(settings(Duration.ofSeconds(30)));
  }

  S3ObjectStore store(StorageSettings settings) {
    return S3ObjectStore.of(
        settings, server.endpoint(), server.accessKeyId(), server.secretAccessKey());
  }

  static StorageSettings settings(Duration attemptTimeout) {
    return new StorageSettings(
        null,
        null,
        "us-east-1",
        BUCKET,
        null,
        null,
        8,
        attemptTimeout,
        attemptTimeout.multipliedBy(2));
  }

  /** With an address at which clients reach the server. */
  static StorageSettings reachedAt(URI publicEndpoint) {
    Duration limit = Duration.ofSeconds(30);
    return new StorageSettings(
        null, publicEndpoint, "us-east-1", BUCKET, null, null, 8, limit, limit);
  }

  static S3ObjectStore at(URI endpoint, Duration attemptTimeout) {
    return S3ObjectStore.of(settings(attemptTimeout), endpoint, "id", "secret");
  }

  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Source source(byte[] bytes) {
    return () -> new ByteArrayInputStream(bytes);
  }

  static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  void putIfAbsent(String key, byte[] bytes) throws Exception {
    store.putIfAbsent(key, source(bytes), bytes.length, sha256(bytes), "audio/webm");
  }

  @Override
  public void close() {
    store.close();
    server.close();
  }
}
