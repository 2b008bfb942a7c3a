package dev.talkmill.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class PresignedUploadTest {

  private static final Duration VALIDITY = Duration.ofMinutes(5);
  private static final int PART = 5 << 20;

  @TempDir private static Path directory;

  private static StoreFixture fixture;
  private static S3ObjectStore store;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    fixture = new StoreFixture(directory.resolve("s3"));
    store = fixture.store;
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    fixture.close();
  }

  @Test
  void aClientPutsExactlyTheBytesThatWereAgreed() throws Exception {
    byte[] bytes = StoreFixture.bytes(100_000, 1);
    URI url = store.presignPut("u/one", bytes.length, VALIDITY);
    assertThat(put(url, bytes)).isEqualTo(200);
    Path target = directory.resolve("one");
    store.get("u/one", target, bytes.length);
    assertThat(target).hasBinaryContent(bytes);
    assertThat(store.head("u/one")).hasValueSatisfying(i -> assertThat(i.sha256()).isNull());
  }

  @Test
  void theUrlNamesTheAddressOfClientsAndItsSignatureHoldsThere() throws Exception {
    byte[] bytes = StoreFixture.bytes(PART, 8);
    URI reached = URI.create("http://localhost:" + fixture.server.endpoint().getPort());
    assertThat(fixture.server.endpoint().getHost()).isNotEqualTo("localhost");
    try (S3ObjectStore signing = fixture.store(StoreFixture.reachedAt(reached))) {
      URI whole = signing.presignPut("u/public", 1_000, VALIDITY);
      assertThat(whole.getAuthority()).isEqualTo(reached.getAuthority());
      assertThat(put(whole, StoreFixture.bytes(1_000, 8))).isEqualTo(200);
      String id = signing.startMultipart("u/public-parts");
      URI part = signing.presignPart("u/public-parts", id, 1, PART, VALIDITY);
      assertThat(part.getAuthority()).isEqualTo(reached.getAuthority());
      assertThat(put(part, bytes)).isEqualTo(200);
      signing.completeMultipart("u/public-parts", id);
      // The worker itself still goes the way that its own settings name.
      assertThat(signing.head("u/public-parts")).map(ObjectInfo::bytes).hasValue((long) PART);
    }
    URI elsewhere = URI.create("https://uploads.example.org/store");
    try (S3ObjectStore signing = fixture.store(StoreFixture.reachedAt(elsewhere))) {
      assertThat(signing.presignPut("u/x", 1, VALIDITY).toString())
          .startsWith("https://uploads.example.org/store/" + StoreFixture.BUCKET + "/u/x?");
      signing.checkBucket();
    }
  }

  @Test
  void anotherLengthIsRefused() throws Exception {
    URI url = store.presignPut("u/length", 1_000, VALIDITY);
    assertThat(put(url, StoreFixture.bytes(1_001, 2))).isEqualTo(403);
    assertThat(put(url, StoreFixture.bytes(999, 2))).isEqualTo(403);
    assertThat(store.head("u/length")).isEmpty();
  }

  @Test
  void anotherKeyIsRefused() throws Exception {
    URI url = store.presignPut("u/mine", 10, VALIDITY);
    URI other = URI.create(url.toString().replace("/u/mine", "/u/yours"));
    assertThat(put(other, new byte[10])).isEqualTo(403);
    assertThat(store.head("u/yours")).isEmpty();
  }

  @Test
  void theUrlAsksForNothingButTheLength() {
    URI url = store.presignPut("u/plain", 10, VALIDITY);
    assertThat(url.getQuery()).contains("X-Amz-SignedHeaders=content-length;host");
    assertThat(url.getQuery().toLowerCase(Locale.ROOT)).doesNotContain("checksum");
  }

  @Test
  void partsOfAClientAreJoinedInOrder() throws Exception {
    byte[] bytes = StoreFixture.bytes(2 * PART + 1_234, 3);
    String id = store.startMultipart("u/parts");
    sendPart("u/parts", id, 3, bytes, 2 * PART, 1_234);
    sendPart("u/parts", id, 1, bytes, 0, PART);
    sendPart("u/parts", id, 2, bytes, PART, PART);
    assertThat(store.head("u/parts")).isEmpty();
    store.completeMultipart("u/parts", id);
    Path target = directory.resolve("parts");
    store.get("u/parts", target, bytes.length);
    assertThat(target).hasBinaryContent(bytes);
    store.completeMultipart("u/parts", id);
    assertThat(store.head("u/parts")).map(ObjectInfo::bytes).hasValue((long) bytes.length);
  }

  @Test
  void moreThanTenPartsStayInTheirOrder() throws Exception {
    byte[] bytes = StoreFixture.bytes(11 * PART + 7, 4);
    String id = store.startMultipart("u/many");
    for (int part = 12; part >= 1; part--) {
      int offset = (part - 1) * PART;
      sendPart("u/many", id, part, bytes, offset, Math.min(PART, bytes.length - offset));
    }
    store.completeMultipart("u/many", id);
    Path target = directory.resolve("many");
    store.get("u/many", target, bytes.length);
    assertThat(target).hasBinaryContent(bytes);
  }

  @Test
  void aPartOfAnotherLengthIsRefused() throws Exception {
    String id = store.startMultipart("u/part-length");
    URI url = store.presignPart("u/part-length", id, 1, 1_000, VALIDITY);
    assertThat(put(url, StoreFixture.bytes(1_001, 5))).isEqualTo(403);
    store.abortMultipart("u/part-length", id);
  }

  @Test
  void anUploadWithAGapIsNotJoined() throws Exception {
    byte[] bytes = StoreFixture.bytes(2 * PART, 6);
    String id = store.startMultipart("u/gap");
    sendPart("u/gap", id, 2, bytes, PART, PART);
    missing(() -> store.completeMultipart("u/gap", id));
    assertThat(store.head("u/gap")).isEmpty();
    sendPart("u/gap", id, 1, bytes, 0, PART);
    store.completeMultipart("u/gap", id);
    assertThat(store.head("u/gap")).map(ObjectInfo::bytes).hasValue(2L * PART);
  }

  @Test
  void aStoreThatDiedWhileRemovingJoinedPartsKeepsTheWholeObject() throws Exception {
    byte[] bytes = StoreFixture.bytes(2 * PART, 7);
    String id = store.startMultipart("joined");
    sendPart("joined", id, 1, bytes, 0, PART);
    sendPart("joined", id, 2, bytes, PART, PART);
    Path bucket = directory.resolve("s3/objects/" + StoreFixture.BUCKET);
    try (Stream<Path> files = Files.list(bucket)) {
      Path first =
          files.filter(f -> f.getFileName().toString().endsWith("joined-1")).findFirst().get();
      Files.delete(first);
    }
    Files.write(bucket.resolve("joined"), bytes);
    store.completeMultipart("joined", id);
    assertThat(store.head("joined")).map(ObjectInfo::bytes).hasValue(2L * PART);
  }

  @Test
  void anUploadWithoutPartsOrUnknownToTheStoreIsMissing() {
    String id = store.startMultipart("u/none");
    missing(() -> store.completeMultipart("u/none", id));
    store.abortMultipart("u/none", id);
    store.abortMultipart("u/none", id);
    missing(() -> store.completeMultipart("u/none", id));
  }

  @Test
  void aValidityBeyondTheProtocolsIsRefused() {
    assertThatThrownBy(() -> store.presignPut("u/x", 1, Duration.ofDays(8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void sendPart(
      String key, String id, int part, byte[] bytes, int offset, int length)
      throws IOException, InterruptedException {
    URI url = store.presignPart(key, id, part, length, VALIDITY);
    var request =
        HttpRequest.newBuilder(url).PUT(BodyPublishers.ofByteArray(bytes, offset, length)).build();
    assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  private static int put(URI url, byte[] bytes) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(url).PUT(BodyPublishers.ofByteArray(bytes)).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static void missing(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.OBJECT_MISSING));
  }
}
