package dev.talkmill.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * S3.
 *
 * @param endpoint of an S3-compatible server; null together with a null {@code accessKeyId} starts
 *     the embedded one
 * @param publicEndpoint under which clients reach the same server, where that is another address
 *     than the worker's; presigned URLs are signed for it. Whatever stands in between must hand on
 *     host and path as they are, since both are signed
 * @param accessKeyId with the secret, required for a store that is not the embedded one; with a
 *     null {@code endpoint} the store is AWS
 * @param slots transfers at once in one process
 * @param attemptTimeout limit of one try of a call
 * @param callTimeout limit of a call with its tries
 */
@ConfigurationProperties("talkmill.s3")
public record StorageSettings(
    @Nullable URI endpoint,
    @Nullable URI publicEndpoint,
    @DefaultValue("us-east-1") String region,
    @DefaultValue("talkmill") String bucket,
    @Nullable String accessKeyId,
    @Nullable String secretAccessKey,
    @DefaultValue("32") int slots,
    @DefaultValue("30s") Duration attemptTimeout,
    @DefaultValue("60s") Duration callTimeout) {

  public StorageSettings {
    Checks.address("talkmill.s3.endpoint", endpoint);
    Checks.address("talkmill.s3.public-endpoint", publicEndpoint);
    if ((accessKeyId == null) != (secretAccessKey == null)) {
      throw new IllegalArgumentException(
          "talkmill.s3.access-key-id and talkmill.s3.secret-access-key go together; one is missing");
    }
    if (endpoint != null && accessKeyId == null) {
      throw new IllegalArgumentException(
          "talkmill.s3.endpoint needs talkmill.s3.access-key-id and talkmill.s3.secret-access-key");
    }
    if (bucket.isBlank()) {
      throw new IllegalArgumentException("talkmill.s3.bucket must not be empty");
    }
    Checks.atLeast("talkmill.s3.slots", slots, 1);
    Checks.positive("talkmill.s3.attempt-timeout", attemptTimeout);
    Checks.positive("talkmill.s3.call-timeout", callTimeout);
  }

  /** Whether the worker starts its own S3-compatible server. */
  public boolean embedded() {
    return endpoint == null && accessKeyId == null;
  }
}
