package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits by a clock that tests turn. */
class LimitsTest {

  private static final UUID TENANT = UUID.randomUUID();
  private static final UUID CONVERSATION = UUID.randomUUID();

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

  @Test
  void aBucketFillsSteadily() {
    RateLimits limits = new RateLimits(6, nanos::get);
    for (int taken = 0; taken < 6; taken++) {
      assertThat(limits.take(TENANT, CONVERSATION).allowed()).isTrue();
    }
    RateLimits.Verdict refused = limits.take(TENANT, CONVERSATION);
    assertThat(refused.allowed()).isFalse();
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(10));
    assertThat(refused.reset()).isEqualTo(Duration.ofMinutes(1));

    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(limits.take(TENANT, CONVERSATION).allowed()).isTrue();
    assertThat(limits.take(TENANT, CONVERSATION).allowed()).isFalse();
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(limits.take(TENANT, CONVERSATION).remaining()).isEqualTo(5);
  }

  @Test
  void whatIsGivenBackCanBeTakenAgainAndABucketNeverOverflows() {
    RateLimits limits = new RateLimits(1, nanos::get);
    assertThat(limits.take(TENANT, CONVERSATION).allowed()).isTrue();
    limits.giveBack(TENANT, CONVERSATION);
    limits.giveBack(TENANT, CONVERSATION);
    assertThat(limits.take(TENANT, CONVERSATION).allowed()).isTrue();
    assertThat(limits.take(TENANT, CONVERSATION).allowed()).isFalse();
  }

  @Test
  void anotherTenantThatNamesTheConversationUsesUpNothing() {
    RateLimits limits = new RateLimits(1, nanos::get);
    assertThat(limits.take(UUID.randomUUID(), CONVERSATION).allowed()).isTrue();
    assertThat(limits.take(TENANT, CONVERSATION).allowed()).isTrue();
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAndWhatIsInUseIsNot(@TempDir Path folder) throws IOException {
    Instant now = Instant.parse("2026-11-20T12:00:00Z");
    Path old = Files.createFile(folder.resolve("old"));
    Path young = Files.createFile(folder.resolve("young"));
    Files.setLastModifiedTime(old, FileTime.from(now.minus(Duration.ofHours(1))));
    Files.setLastModifiedTime(young, FileTime.from(now.minus(Duration.ofMinutes(1))));
    open(folder, now);
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void aBodyThatDripsIsCutOffAndNotKept(@TempDir Path folder) throws IOException {
    ScratchFolder scratch = open(folder, Instant.parse("2026-11-20T12:00:00Z"));
    InputStream drip =
        new InputStream() {
          @Override
          public int read() {
            nanos.addAndGet(Duration.ofSeconds(29).toNanos());
            return 'x';
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            buffer[offset] = (byte) read();
            return 1;
          }
        };
    assertThatThrownBy(() -> scratch.receive(drip, 1_000_000, LimitsTest::tooLarge))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aBodyIsHashedAndItsFileGoesWithIt(@TempDir Path folder) throws IOException {
    ScratchFolder scratch = open(folder, Instant.parse("2026-11-20T12:00:00Z"));
    byte[] abc = {'a', 'b', 'c'};
    try (ScratchBody body =
        scratch.receive(new ByteArrayInputStream(abc), 3, LimitsTest::tooLarge)) {
      assertThat(body.bytes()).isEqualTo(3);
      assertThat(body.sha256())
          .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
      assertThat(Files.readAllBytes(body.file())).isEqualTo(abc);
    }
    assertThat(folder).isEmptyDirectory();
    assertThatThrownBy(
            () -> scratch.receive(new ByteArrayInputStream(abc), 2, LimitsTest::tooLarge))
        .isInstanceOf(ProblemException.class);
    assertThat(folder).isEmptyDirectory();
  }

  private ScratchFolder open(Path folder, Instant now) throws IOException {
    return ScratchFolder.open(
        folder, Duration.ofSeconds(30), Clock.fixed(now, ZoneOffset.UTC), nanos::get);
  }

  private static ProblemException tooLarge() {
    return new ProblemException(ProblemCode.CHUNK_TOO_LARGE, "x");
  }
}
