package dev.talkmill.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.talkmill.config.StorageSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each setting of the store, seen from the other end of the wire. */
@Timeout(60)
class StoreSettingsActTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir private Path directory;

  private static StorageSettings settings(
      URI endpoint, int slots, Duration attemptTimeout, Duration callTimeout) {
    return new StorageSettings(
        endpoint,
        null,
        "eu-west-7",
        "recordings",
        "an-id",
        "a-secret",
        slots,
        attemptTimeout,
        callTimeout);
  }

  @Test
  void endpointRegionBucketAndKeyAreInEveryCall() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        call -> {
          seen.add(
              call.getRequestURI().getPath()
                  + " "
                  + call.getRequestHeaders().getFirst("Authorization"));
          call.sendResponseHeaders(200, -1);
          call.close();
        });
    server.start();
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    try (S3ObjectStore store = S3ObjectStore.of(settings(endpoint, 4, LONG, LONG))) {
      store.checkBucket();
      assertThat(seen)
          .singleElement()
          .asString()
          .matches("/recordings AWS4-HMAC-SHA256 Credential=an-id/[0-9]{8}/eu-west-7/s3/.*");
      assertThat(store.presignPut("a/b", 1, Duration.ofMinutes(1)).toString())
          .startsWith(endpoint + "/recordings/a/b?")
          .contains("X-Amz-Credential=an-id")
          .contains("eu-west-7");
    } finally {
      server.stop(0);
    }
  }

  /** One that was not kept would be an hour, and the test's own limit is shorter. */
  @Test
  void aStalledCallIsGivenUpAtTheShorterOfItsTwoLimits() throws Exception {
    try (ServerSocket stalled = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      URI endpoint = URI.create("http://127.0.0.1:" + stalled.getLocalPort());
      for (StorageSettings limited :
          List.of(settings(endpoint, 4, SHORT, LONG), settings(endpoint, 4, LONG, SHORT))) {
        try (S3ObjectStore store = S3ObjectStore.of(limited)) {
          assertUnavailable(() -> store.head("x"));
        }
      }
    }
  }

  @Test
  void slotsBoundTheTransfersOfOneProcess() throws Exception {
    try (StoreFixture fixture = new StoreFixture(directory.resolve("s3"))) {
      fixture.putIfAbsent("a/large", StoreFixture.bytes(5_000_000, 1));
      StorageSettings one =
          new StorageSettings(
              null, null, "us-east-1", StoreFixture.BUCKET, null, null, 1, SHORT, LONG);
      try (S3ObjectStore store = fixture.store(one);
          InputStream first = store.open("a/large", 0, 4_999_999)) {
        try (InputStream second = store.open("a/large", 0, 4_999_999)) {
          assertThat(first.read()).isNotNegative();
          assertThat(second.read()).isNotNegative();
          assertUnavailable(() -> store.head("a/large"));
        }
        assertThat(store.head("a/large")).isPresent();
      }
    }
  }

  private static void assertUnavailable(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.STORAGE_UNAVAILABLE));
  }
}
