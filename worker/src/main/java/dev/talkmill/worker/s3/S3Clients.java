package dev.talkmill.worker.s3;

import dev.talkmill.config.StorageSettings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Builds the SDK's two halves, the one that calls and the one that only signs. */
final class S3Clients {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Below the 30 s after which common servers close an idle connection from their side. */
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(20);

  /** A transfer holds one connection while its stage asks for other objects on a second. */
  private static final int CONNECTIONS_PER_SLOT = 2;

  private final StorageSettings settings;
  private final @Nullable URI endpoint;
  private final AwsCredentialsProvider credentials;

  private S3Clients(
      StorageSettings settings, @Nullable URI endpoint, AwsCredentialsProvider credentials) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.credentials = credentials;
  }

  static S3Clients of(
      StorageSettings settings,
      @Nullable URI endpoint,
      @Nullable String accessKeyId,
      @Nullable String secretAccessKey) {
    AwsCredentialsProvider credentials =
        accessKeyId == null || secretAccessKey == null
            ? DefaultCredentialsProvider.builder().build()
            : StaticCredentialsProvider.create(
                AwsBasicCredentials.create(accessKeyId, secretAccessKey));
    return new S3Clients(settings, endpoint, credentials);
  }

  S3Client client() {
    Duration attempt = settings.attemptTimeout();
    var builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials)
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(settings.slots() * CONNECTIONS_PER_SLOT)
                    .connectionAcquisitionTimeout(attempt)
                    .connectionTimeout(
                        attempt.compareTo(CONNECT_LIMIT) < 0 ? attempt : CONNECT_LIMIT)
                    .socketTimeout(attempt)
                    .connectionMaxIdleTime(IDLE_LIMIT))
            .overrideConfiguration(
                // The SDK has no limits of its own. The ledger alone repeats what failed.
                configuration ->
                    configuration
                        .apiCallAttemptTimeout(attempt)
                        .apiCallTimeout(settings.callTimeout())
                        .retryStrategy(DefaultRetryStrategy.doNotRetry()));
    if (endpoint != null) {
      // Ceph's gateway refuses every PUT with the SDK's default checksums.
      builder
          .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
          .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
          .forcePathStyle(true);
    }
    at(builder);
    return builder.build();
  }

  /** Signs for the address that clients use, which need not be the one that we use. */
  S3Presigner presigner(S3Client client) {
    URI reached = settings.publicEndpoint() == null ? endpoint : settings.publicEndpoint();
    var builder =
        S3Presigner.builder()
            .s3Client(client)
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials);
    if (reached != null) {
      builder
          .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
          .endpointOverride(reached);
    }
    return builder.build();
  }

  private void at(AwsClientBuilder<?, ?> builder) {
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
  }
}
