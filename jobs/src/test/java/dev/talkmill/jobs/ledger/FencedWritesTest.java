package dev.talkmill.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FencedWritesTest {

  private static final Failure FAILURE = Failure.of(FailureCode.PROVIDER_TIMEOUT, "too slow");
  private static TestDatabase database;
  private Bench bench;
  private Ledger ledger;
  private FencedWrites writes;
  private LeaseAcquisition acquisition;
  private UUID conversation;
  private UUID chunk;
  private UUID row;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void row() {
    bench = new Bench(database);
    ledger = bench.core().ledger();
    writes = bench.core().writes();
    acquisition =
        new LeaseAcquisition(database.database(), ledger.clock(), ledger.lease(), Map.of());
    conversation = bench.conversation();
    chunk = bench.chunk(conversation);
    row = bench.only(conversation, chunk, "TRANSCRIBE").id();
  }

  /** Every write that a holder can make. */
  enum Write {
    SET_GENERATION,
    COMPLETE,
    RETRY,
    FAIL,
    HAND_BACK,
    PROGRESS;

    void by(FencedWrites writes, LedgerRow row) {
      switch (this) {
        case SET_GENERATION -> writes.setGeneration(row, row.generation() + 1);
        case COMPLETE -> writes.complete(row, "ok", "provider");
        case RETRY -> writes.retry(row, FAILURE, Duration.ofSeconds(1));
        case FAIL -> writes.fail(row, FAILURE);
        case HAND_BACK -> writes.handBack(row, Duration.ZERO);
        case PROGRESS -> writes.progress(row, 0.5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Write.class)
  void aWriteOfTheHolderLands(Write write) {
    LedgerRow held = held();
    String before = bench.whole(row);
    inTenant(() -> write.by(writes, held));
    assertThat(bench.whole(row)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Write.class)
  void aWriteOfAnEarlierHolderLandsNothing(Write write) {
    LedgerRow stale = held();
    bench.expire(row);
    inTenant(() -> assertThat(acquisition.takeExpired(stale)).isPresent());
    assertLost(write, stale);
  }

  @ParameterizedTest
  @EnumSource(Write.class)
  void aWriteAfterACancelLandsNothing(Write write) {
    LedgerRow held = held();
    inTenant(() -> ledger.cancelOpen(conversation, chunk, "erased"));
    assertLost(write, held);
  }

  @ParameterizedTest
  @EnumSource(Write.class)
  void aWriteAfterTheEndLandsNothing(Write write) {
    LedgerRow held = held();
    inTenant(() -> writes.complete(held, "ok"));
    assertLost(write, held);
  }

  @ParameterizedTest
  @EnumSource(Write.class)
  void aLostWriteRollsBackWhatWasWrittenWithIt(Write write) {
    LedgerRow stale = held();
    bench.expire(row);
    inTenant(() -> acquisition.takeExpired(stale));
    assertThatThrownBy(() ->
            inTenant(() -> {
              bench.core().chunks().prepared(chunk, 99, 0, "audio/other");
              write.by(writes, stale);
            }))
        .isInstanceOf(LostClaimException.class);
    assertThat(seconds()).isEqualTo(10);
  }

  @Test
  void aRowReturnedUnclaimedStaysWhereItIsIfItMovedOn() {
    bench.queue(row);
    LedgerRow queued = find();
    LedgerRow held = claim(queued.epoch());
    String before = bench.whole(row);
    inTenant(() -> writes.returnQueued(queued, Duration.ZERO));
    inTenant(() -> writes.returnQueued(held, Duration.ZERO));
    assertThat(bench.whole(row)).isEqualTo(before);
  }

  @Test
  void aLeaseThatIsNotOverIsNotTakenNorOneOfAnotherEpoch() {
    LedgerRow held = held();
    inTenant(() -> assertThat(acquisition.takeExpired(held)).isEmpty());
    bench.expire(row);
    inTenant(() -> assertThat(acquisition.takeExpired(held)).isPresent());
    bench.expire(row);
    inTenant(() -> assertThat(acquisition.takeExpired(held)).isEmpty());
  }

  @Test
  void aHandBackIsNeitherAnAttemptNorACrash() {
    LedgerRow held = held();
    assertThat(held.crashCount()).isEqualTo(1);
    inTenant(() -> writes.handBack(held, Duration.ZERO));
    LedgerRow back = find();
    assertThat(back.crashCount()).isZero();
    assertThat(back.attempts()).isZero();
    assertThat(back.epoch()).isEqualTo(held.epoch());
  }

  @Test
  void aRetryKeepsCountOfItsAttemptsAndAnEndClearsTheCrashes() {
    for (int attempt = 1; attempt <= 3; attempt++) {
      LedgerRow held = held();
      inTenant(() -> writes.retry(held, FAILURE, Duration.ZERO));
      assertThat(find().attempts()).isEqualTo(attempt);
      assertThat(find().crashCount()).isZero();
    }
    LedgerRow last = held();
    inTenant(() -> writes.fail(last, FAILURE));
    assertThat(find().attempts()).isEqualTo(4);
  }

  @Test
  void aFailureOfAnyLengthAndContentIsStored() {
    LedgerRow held = held();
    Failure monstrous =
        Failure.of(FailureCode.INTERNAL_ERROR, "a\0b" + "🌱".repeat(5_000) + "'; DROP TABLE x; --");
    inTenant(() -> writes.retry(held, monstrous, Duration.ZERO));
    String message =
        bench.one(
            "SELECT error_message FROM processing_status WHERE tenant_id = ? AND id = ?",
            String.class,
            row);
    assertThat(message).startsWith("ab🌱").endsWith("…");
    assertThat(message.codePointCount(0, message.length())).isLessThanOrEqualTo(1_000);
  }

  @Test
  void progressIsAShareWhateverItIsTold() {
    LedgerRow held = held();
    inTenant(() -> writes.progress(held, 7.5));
    assertThat(progress()).isEqualTo(1);
    inTenant(() -> writes.progress(held, -1));
    assertThat(progress()).isZero();
  }

  private void assertLost(Write write, LedgerRow stale) {
    String before = bench.whole(row);
    assertThatThrownBy(() -> inTenant(() -> write.by(writes, stale)))
        .isInstanceOf(LostClaimException.class);
    assertThat(bench.whole(row)).isEqualTo(before);
  }

  private LedgerRow held() {
    return claim(bench.queue(row));
  }

  private LedgerRow claim(long epoch) {
    return database
        .database()
        .inTenant(
            bench.home().tenant(),
            () ->
                acquisition
                    .claim(row, Stage.TRANSCRIBE, epoch, JourneyRequest.jobId(row, epoch))
                    .orElseThrow());
  }

  private LedgerRow find() {
    return database
        .database()
        .inTenant(bench.home().tenant(), () -> ledger.find(row).orElseThrow());
  }

  private double seconds() {
    return bench.one(
        "SELECT seconds FROM conversation_chunk WHERE tenant_id = ? AND id = ?",
        Double.class,
        chunk);
  }

  private double progress() {
    return bench.one(
        "SELECT progress FROM processing_status WHERE tenant_id = ? AND id = ?", Double.class, row);
  }

  private void inTenant(Runnable work) {
    database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> {
              work.run();
              return true;
            });
  }
}
