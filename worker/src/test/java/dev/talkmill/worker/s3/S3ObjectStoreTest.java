package dev.talkmill.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.config.StorageSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class S3ObjectStoreTest {

  @TempDir private static Path directory;

  private static StoreFixture fixture;
  private static S3ObjectStore store;

  @BeforeAll
  static void start() {
    fixture = new StoreFixture(directory.resolve("s3"));
    store = fixture.store;
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whatIsWrittenComesBackWithItsLengthAndSum() throws Exception {
    byte[] bytes = StoreFixture.bytes(500_000, 1);
    fixture.putIfAbsent("a/one", bytes);
    assertThat(store.head("a/one"))
        .hasValueSatisfying(info -> {
          assertThat(info.key()).isEqualTo("a/one");
          assertThat(info.bytes()).isEqualTo(500_000);
          assertThat(info.sha256()).isEqualTo(sum(bytes));
          assertThat(info.modified()).isNotNull();
        });
    Path target = directory.resolve("one");
    store.get("a/one", target, 500_000);
    assertThat(target).hasBinaryContent(bytes);
  }

  @Test
  void anEmptyObjectIsAnObject() throws Exception {
    fixture.putIfAbsent("a/empty", new byte[0]);
    Path target = directory.resolve("empty");
    store.get("a/empty", target, 10);
    assertThat(target).isEmptyFile();
  }

  @Test
  void aRepeatedWriteOfTheSameBytesIsSuccess() throws Exception {
    byte[] bytes = StoreFixture.bytes(1_000, 2);
    fixture.putIfAbsent("a/twice", bytes);
    fixture.putIfAbsent("a/twice", bytes);
    assertThat(store.head("a/twice")).map(ObjectInfo::bytes).hasValue(1_000L);
  }

  @Test
  void otherBytesUnderTheSameKeyAreRefusedAndTheFirstStand() throws Exception {
    byte[] first = StoreFixture.bytes(1_000, 3);
    fixture.putIfAbsent("a/contested", first);
    fails(
        FailureCode.CHECKSUM_MISMATCH,
        () -> fixture.putIfAbsent("a/contested", StoreFixture.bytes(1_000, 4)));
    fails(
        FailureCode.CHECKSUM_MISMATCH,
        () -> fixture.putIfAbsent("a/contested", StoreFixture.bytes(999, 3)));
    assertThat(store.head("a/contested")).map(ObjectInfo::sha256).hasValue(sum(first));
  }

  @Test
  void anObjectWithoutASumOfOursIsComparedByItsBytes() throws Exception {
    byte[] bytes = StoreFixture.bytes(1_000, 5);
    Path file = directory.resolve("s3/objects/" + StoreFixture.BUCKET + "/plain");
    Files.write(file, bytes);
    assertThat(store.head("plain")).hasValueSatisfying(i -> assertThat(i.sha256()).isNull());
    fixture.putIfAbsent("plain", bytes);
    fails(
        FailureCode.CHECKSUM_MISMATCH,
        () -> fixture.putIfAbsent("plain", StoreFixture.bytes(1_000, 6)));
  }

  @Test
  void aWriteThatIsNotDoneIsNotListed() throws Exception {
    fixture.putIfAbsent("w/" + UUID.randomUUID(), new byte[1]);
    Path writing =
        directory.resolve(
            "s3/objects/%s/w/key-%s".formatted(StoreFixture.BUCKET, UUID.randomUUID()));
    Files.write(writing, new byte[1]);
    assertThat(store.list("w/", null, 10)).hasSize(1);
  }

  @Test
  void bytesThatAreNotWhatWasAnnouncedAreNeverStored() throws Exception {
    byte[] bytes = StoreFixture.bytes(300_000, 7);
    String sum = sum(bytes);
    fails(
        FailureCode.CHECKSUM_MISMATCH,
        () ->
            store.putIfAbsent(
                "b/wrong", StoreFixture.source(StoreFixture.bytes(300_000, 8)), 300_000, sum, "x"));
    fails(
        FailureCode.CHECKSUM_MISMATCH,
        () -> store.putIfAbsent("b/long", StoreFixture.source(bytes), 299_999, sum, "a/b"));
    fails(
        FailureCode.CHECKSUM_MISMATCH,
        () -> store.putIfAbsent("b/short", StoreFixture.source(bytes), 300_001, sum, "a/b"));
    assertThat(store.list("b/", null, 10)).isEmpty();
    fixture.putIfAbsent("b/sound", bytes);
    assertThat(store.list("b/", null, 10)).extracting(ObjectInfo::key).containsExactly("b/sound");
  }

  @Test
  void aSourceThatCannotBeReadIsNotTheStoresFault() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }
        };
    fails(
        FailureCode.INTERNAL_ERROR,
        () -> store.putIfAbsent("a/broken", () -> broken, 10, sum(new byte[10]), "a/b"));
    fails(
        FailureCode.OBJECT_MISSING,
        () ->
            store.putIfAbsent(
                "a/broken",
                () -> {
                  throw FailureException.of(FailureCode.OBJECT_MISSING, "the spool has no bytes");
                },
                10,
                sum(new byte[10]),
                "a/b"));
    assertThat(store.head("a/broken")).isEmpty();
  }

  @Test
  void ofTwentyWritersOneWinsAndAllSucceedWithTheSameBytes() throws Exception {
    byte[] bytes = StoreFixture.bytes(200_000, 9);
    race(20, "c/same", number -> bytes).forEach(S3ObjectStoreTest::succeeded);
    assertThat(store.head("c/same")).map(ObjectInfo::sha256).hasValue(sum(bytes));
  }

  @Test
  void ofTwentyWritersWithTheirOwnBytesExactlyOneSucceeds() throws Exception {
    List<Future<Void>> writers =
        race(20, "c/own", number -> StoreFixture.bytes(100_000, 100 + number));
    List<Integer> winners = new ArrayList<>();
    for (int number = 0; number < writers.size(); number++) {
      Future<Void> writer = writers.get(number);
      if (writer.state() == Future.State.SUCCESS) {
        winners.add(number);
      } else {
        assertThat(((FailureException) writer.exceptionNow()).failure().code())
            .isEqualTo(FailureCode.CHECKSUM_MISMATCH);
      }
    }
    assertThat(winners).hasSize(1);
    assertThat(store.head("c/own"))
        .map(ObjectInfo::sha256)
        .hasValue(sum(StoreFixture.bytes(100_000, 100 + winners.getFirst())));
  }

  @Test
  void putReplacesWhatStandsThere() throws Exception {
    fixture.putIfAbsent("a/replaced", StoreFixture.bytes(10, 10));
    byte[] bytes = StoreFixture.bytes(20, 11);
    store.put("a/replaced", Files.write(directory.resolve("replacement"), bytes), "audio/ogg");
    assertThat(store.head("a/replaced")).map(ObjectInfo::sha256).hasValue(sum(bytes));
  }

  @Test
  void aMediaTypeThatWouldBreakAHeaderIsLeftOut() throws Exception {
    byte[] bytes = StoreFixture.bytes(10, 12);
    store.putIfAbsent(
        "a/header", StoreFixture.source(bytes), 10, sum(bytes), "audio/webm\r\nX-Evil: 1");
    assertThat(store.head("a/header")).isPresent();
  }

  @Test
  void whatIsMissingIsSaidToBeMissing() {
    Path target = directory.resolve("missing");
    assertThat(store.head("nowhere")).isEmpty();
    fails(FailureCode.OBJECT_MISSING, () -> store.get("nowhere", target, 10));
    fails(FailureCode.OBJECT_MISSING, () -> store.open("nowhere", 0, 1));
    assertThat(target).doesNotExist();
  }

  @Test
  void anObjectLargerThanAllowedIsNotCopied() throws Exception {
    fixture.putIfAbsent("a/large", StoreFixture.bytes(1_001, 13));
    Path target = directory.resolve("large");
    fails(FailureCode.STORAGE_UNAVAILABLE, () -> store.get("a/large", target, 1_000));
    assertThat(target).doesNotExist();
  }

  @Test
  void anObjectWhoseBytesChangedIsNotHandedOut() throws Exception {
    fixture.putIfAbsent("rotten", StoreFixture.bytes(1_000, 14));
    Path file = directory.resolve("s3/objects/" + StoreFixture.BUCKET + "/rotten");
    byte[] rotten = Files.readAllBytes(file);
    rotten[500] ^= 1;
    Files.write(file, rotten);
    Path target = directory.resolve("rotten");
    fails(FailureCode.CHECKSUM_MISMATCH, () -> store.get("rotten", target, 1_000));
    assertThat(target).doesNotExist();
  }

  @Test
  void aTargetThatCannotBeWrittenIsNotTheStoresFault() throws Exception {
    fixture.putIfAbsent("a/fine", StoreFixture.bytes(10, 15));
    fails(
        FailureCode.SCRATCH_FULL, () -> store.get("a/fine", directory.resolve("no/such/dir"), 10));
  }

  @Test
  void aRangeIsReadAndNoMore() throws Exception {
    byte[] bytes = StoreFixture.bytes(100_000, 16);
    fixture.putIfAbsent("a/range", bytes);
    try (InputStream in = store.open("a/range", 10, 19)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 10, 20));
    }
    try (InputStream in = store.open("a/range", 99_990, 200_000)) {
      assertThat(in.readAllBytes()).hasSize(10);
    }
    fails(FailureCode.OBJECT_MISSING, () -> store.open("a/range", 100_000, 100_001));
  }

  @Test
  void streamsLeftUnreadDoNotUseUpTheConnections() throws Exception {
    fixture.putIfAbsent("a/unread", StoreFixture.bytes(5_000_000, 17));
    for (int reader = 0; reader < 50; reader++) {
      try (InputStream in = store.open("a/unread", 0, 4_999_999)) {
        assertThat(in.read()).isNotNegative();
      }
    }
    assertThat(store.head("a/unread")).isPresent();
  }

  @Test
  void deletingTwiceIsSuccess() throws Exception {
    fixture.putIfAbsent("a/deleted", StoreFixture.bytes(10, 18));
    store.delete("a/deleted");
    store.delete("a/deleted");
    assertThat(store.head("a/deleted")).isEmpty();
  }

  @Test
  void aListingGoesOnBeyondAPageOfTheStore() throws Exception {
    Path folder =
        Files.createDirectories(
            directory.resolve("s3/objects/" + StoreFixture.BUCKET + "/pages/a"));
    List<String> keys = new ArrayList<>();
    for (int number = 0; number < 2_345; number++) {
      String name = "%05d".formatted(number);
      Files.write(folder.resolve(name), new byte[] {1});
      keys.add("pages/a/" + name);
    }
    Files.write(Files.createDirectories(folder.resolveSibling("b")).resolve("x"), new byte[1]);
    assertThat(store.list("pages/a/", null, 5_000))
        .extracting(ObjectInfo::key)
        .containsExactlyElementsOf(keys);
    assertThat(store.list("pages/a/", null, 1_500)).hasSize(1_500);
    List<String> walked = new ArrayList<>();
    List<ObjectInfo> page = store.list("pages/a/", null, 400);
    while (!page.isEmpty()) {
      page.forEach(info -> walked.add(info.key()));
      page = store.list("pages/a/", page.getLast().key(), 400);
    }
    assertThat(walked).containsExactlyElementsOf(keys);
  }

  @Test
  void theBucketIsAskedFor() {
    store.checkBucket();
    var settings =
        new StorageSettings(
            null,
            null,
            "us-east-1",
            "no-such-bucket",
            null,
            null,
            2,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10));
    try (S3ObjectStore other = fixture.store(settings)) {
      assertThatThrownBy(other::checkBucket)
          .isInstanceOf(FailureException.class)
          .hasMessageContaining("The store has no bucket named no-such-bucket");
      fails(
          FailureCode.STORAGE_UNAVAILABLE, () -> other.get("x", directory.resolve("no-bucket"), 1));
    }
  }

  private interface Bytes {
    byte[] of(int writer);
  }

  private static List<Future<Void>> race(int writers, String key, Bytes bytes) throws Exception {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      byte[] own = bytes.of(writer);
      tasks.add(() -> {
        fixture.putIfAbsent(key, own);
        return null;
      });
    }
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      return executor.invokeAll(tasks);
    }
  }

  private static void succeeded(Future<Void> writer) {
    assertThat(writer.state()).isEqualTo(Future.State.SUCCESS);
  }

  private static String sum(byte[] bytes) {
    try {
      return StoreFixture.sha256(bytes);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void fails(FailureCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failure().code()).isEqualTo(code));
  }
}
