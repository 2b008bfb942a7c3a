package dev.talkmill.worker.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each test ends by its own timeout if a call waits longer than it may. */
@Timeout(600)
class StoreFaultsTest {

  /** For a store that never answers. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  /** For one that does: the first call of a JVM may take its time. */
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void aStalledStoreIsGivenUp() throws Exception {
    byte[] bytes = StoreFixture.bytes(100_000, 1);
    String sum = StoreFixture.sha256(bytes);
    try (ServerSocket stalled = listen();
        S3ObjectStore store = StoreFixture.at(uri(stalled), SHORT)) {
      unavailable(() -> store.head("x"), "did not answer in time");
      unavailable(() -> store.get("x", directory.resolve("x"), 10), "did not answer in time");
      unavailable(() -> store.open("x", 0, 1), "did not answer in time");
      unavailable(() -> store.list("x", null, 10), "did not answer in time");
      unavailable(() -> store.delete("x"), "did not answer in time");
      unavailable(
          () -> store.putIfAbsent("x", StoreFixture.source(bytes), bytes.length, sum, "a/b"),
          "did not answer in time");
      unavailable(() -> store.startMultipart("x"), "did not answer in time");
      unavailable(() -> store.completeMultipart("x", "id"), "did not answer in time");
    }
  }

  @Test
  void aStoreThatIsDownIsUnavailable() throws Exception {
    URI nowhere = URI.create("http://127.0.0.1:1"); // No port that anybody is ever given.
    try (S3ObjectStore store = StoreFixture.at(nowhere, LONG)) {
      unavailable(() -> store.head("x"), "refuses connections");
      unavailable(store::checkBucket, "refuses connections");
    }
  }

  @Test
  void aStoreThatIsOverloadedSaysWhenToComeBack() throws Exception {
    String answer = "HTTP/1.1 503 Slow Down\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n";
    try (Answering server = new Answering(answer, true);
        S3ObjectStore store = StoreFixture.at(server.uri(), LONG)) {
      Failure failure = unavailable(() -> store.delete("x"), "answered 503");
      assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(17));
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForAnObject() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this";
    Path target = directory.resolve("broken");
    try (Answering server = new Answering(answer, true);
        S3ObjectStore store = StoreFixture.at(server.uri(), LONG)) {
      unavailable(() -> store.get("x", target, 1_000), "broke during a read");
    }
    assertThat(target).doesNotExist();
  }

  @Test
  void anAnswerThatStopsHalfWayIsGivenUp() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this";
    Path target = directory.resolve("stopped");
    try (Answering server = new Answering(answer, false);
        S3ObjectStore store = StoreFixture.at(server.uri(), SHORT)) {
      unavailable(() -> store.get("x", target, 1_000), "broke during a read");
    }
    assertThat(target).doesNotExist();
  }

  @Test
  void anAnswerWithoutWhatS3AlwaysSaysIsNotBelieved() throws Exception {
    try (Answering server = new Answering("HTTP/1.1 200 OK\r\n\r\n", true);
        S3ObjectStore store = StoreFixture.at(server.uri(), LONG)) {
      unavailable(() -> store.head("x"), "leaves out");
    }
  }

  @Test
  void aStoreThatIgnoresTheRangeIsNotBelieved() throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nonly this";
    try (Answering server = new Answering(answer, true);
        S3ObjectStore store = StoreFixture.at(server.uri(), LONG)) {
      unavailable(() -> store.open("x", 5, 6), "ignores the range");
    }
  }

  @Test
  void failuresNameNeitherKeysNorAddresses() throws Exception {
    String answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    try (Answering server = new Answering(answer, true);
        S3ObjectStore store = StoreFixture.at(server.uri(), LONG)) {
      assertThatThrownBy(() -> store.delete("t/secret-key"))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> {
                assertThat(e.failure().code()).isEqualTo(FailureCode.INTERNAL_ERROR);
                assertThat(e.failure().message()).doesNotContain("secret-key", "127.0.0.1");
              });
    }
  }

  @Test
  void aTransferGetsTheTimeItsBytesNeed() {
    var limits = new TransferLimits(StoreFixture.settings(Duration.ofSeconds(30)));
    assertThat(limits.ofBody(0).apiCallAttemptTimeout()).hasValue(Duration.ofSeconds(30));
    assertThat(limits.ofBody(64L << 20).apiCallAttemptTimeout())
        .hasValue(Duration.ofSeconds(30 + 64));
    assertThat(limits.ofBody(2L << 30).apiCallTimeout()).hasValue(Duration.ofSeconds(60 + 2_048));
  }

  private static Failure unavailable(Runnable call, String message) {
    try {
      call.run();
    } catch (FailureException e) {
      assertThat(e.failure().code()).isEqualTo(FailureCode.STORAGE_UNAVAILABLE);
      assertThat(e.failure().message()).contains(message);
      return e.failure();
    }
    throw new AssertionError("the call succeeded");
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static URI uri(ServerSocket socket) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Answers every connection with the same bytes, then closes it or holds it open. */
  private static final class Answering implements AutoCloseable {

    private final ServerSocket socket = listen();
    private final AtomicInteger requests = new AtomicInteger();

    Answering(String answer, boolean close) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            while (!socket.isClosed()) {
              answer(answer, close);
            }
          });
    }

    @SuppressWarnings("resource") // A connection that is to be held open is not closed here.
    private void answer(String answer, boolean close) {
      try {
        Socket connection = socket.accept();
        InputStream in = connection.getInputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
          head += (char) in.read();
        }
        requests.incrementAndGet();
        connection.getOutputStream().write(answer.getBytes(US_ASCII));
        connection.getOutputStream().flush();
        if (close) {
          connection.close();
        }
      } catch (IOException e) {
        assertThat(e).isNotNull();
      }
    }

    URI uri() {
      return StoreFaultsTest.uri(socket);
    }

    int requests() {
      return requests.get();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** The HTTP client says so where a limit is over while it waits for a connection of its pool. */
  @Test
  void aConnectionThatDoesNotComeFreeInTimeIsTheStoresFault() {
    assertThatThrownBy(() ->
            S3Failures.guarded(
                "Reading",
                () -> {
                  throw new CancellationException("request aborted");
                }))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.STORAGE_UNAVAILABLE));
  }
}
