package dev.talkmill.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.worker.embedded.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class LargeObjectTest {

  @TempDir private static Path directory;

  private static StoreFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new StoreFixture(directory.resolve("s3"));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  /** By one request, and in parts of which the last is shorter than the others. */
  @ParameterizedTest
  @ValueSource(longs = {60L << 20, (100L << 20) + 1})
  void anObjectLargerThanTheHeapIsSentAndFetched(long bytes) throws IOException {
    try (ChildJvm child =
        ChildJvm.run(
            List.of("-Xmx40m", "-XX:+UseSerialGC"),
            TransferInLittleMemory.class,
            fixture.server.endpoint().toString(),
            fixture.server.accessKeyId(),
            fixture.server.secretAccessKey(),
            directory.toString(),
            Long.toString(bytes))) {
      assertThat(child.await("SAME")).isEqualTo("true");
    }
    assertThat(fixture.store.head("large/" + bytes))
        .hasValueSatisfying(info -> {
          assertThat(info.bytes()).isEqualTo(bytes);
          assertThat(info.sha256()).isNotNull();
        });
  }

  @Test
  void aLargeWriteThatFailsLeavesNoParts() throws IOException {
    long bytes = 80L << 20;
    assertThatThrownBy(() ->
            fixture.store.putIfAbsent(
                "failed", () -> zeros(bytes), bytes, "0".repeat(64), "audio/wav"))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.CHECKSUM_MISMATCH));
    assertThat(fixture.store.head("failed")).isEmpty();
    try (Stream<Path> left = Files.walk(directory.resolve("s3/objects/" + StoreFixture.BUCKET))) {
      assertThat(left.filter(path -> path.toString().contains("failed"))).isEmpty();
    }
  }

  @Test
  void aPartThatIsAskedForAgainHasTheSameBytes() throws Exception {
    byte[] bytes = StoreFixture.bytes(1_000, 1);
    Content content =
        new Content(StoreFixture.source(bytes), 1_000, StoreFixture.sha256(bytes), "a/b");
    try (SequentialParts parts = new SequentialParts(content)) {
      byte[] first = parts.part(0, 400).readAllBytes();
      byte[] second = parts.part(400, 400).readAllBytes();
      assertThat(parts.part(400, 400).readAllBytes()).isEqualTo(second);
      assertThat(parts.part(0, 400).readAllBytes()).isEqualTo(first);
      assertThat(parts.part(800, 200).readAllBytes()).hasSize(200);
    }
  }

  private static InputStream zeros(long bytes) {
    return new InputStream() {
      private long left = bytes;

      @Override
      public int read() {
        return left-- > 0 ? 0 : -1;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        if (left <= 0) {
          return -1;
        }
        int got = (int) Math.min(length, left);
        Arrays.fill(buffer, offset, offset + got, (byte) 0);
        left -= got;
        return got;
      }
    };
  }
}
