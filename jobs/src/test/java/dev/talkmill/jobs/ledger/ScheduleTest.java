package dev.talkmill.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

class ScheduleTest {

  private static final Failure FAILURE = Failure.of(FailureCode.PROVIDER_UNAVAILABLE, "away");
  private static TestDatabase database;
  private final AtomicInteger signals = new AtomicInteger();
  private Bench bench;
  private Ledger ledger;
  private FencedWrites writes;
  private LeaseAcquisition acquisition;
  private UUID conversation;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void bench() {
    bench =
        new Bench(database, database.database(), TestWorker.settings(), signals::incrementAndGet);
    ledger = bench.core().ledger();
    writes = bench.core().writes();
    acquisition =
        new LeaseAcquisition(database.database(), ledger.clock(), ledger.lease(), Map.of());
    conversation = bench.conversation();
  }

  @Test
  void aSubjectHasOneOpenRowOfAStage() {
    insert(1);
    assertThatThrownBy(() -> insert(2)).isInstanceOf(DuplicateKeyException.class);
    LedgerRow held = claimed();
    assertThatThrownBy(() -> insert(2)).isInstanceOf(DuplicateKeyException.class);
    inTenant(() -> writes.complete(held, "ok"));
    insert(2);
    assertThat(rows()).hasSize(2);
  }

  @Test
  void aWaitingRowIsRaisedToTheNewerGenerationAndWaitsAnew() {
    schedule(1, Duration.ZERO);
    Instant before = due();
    schedule(2, Duration.ofMinutes(5));
    assertThat(rows()).extracting(Seen.Row::generation).containsExactly(2L);
    assertThat(due()).isAfter(before.plusSeconds(200));
  }

  @Test
  void aWaitingRowIsNotLoweredToAnOlderGeneration() {
    schedule(3, Duration.ZERO);
    String before = bench.whole(only().id());
    schedule(2, Duration.ofMinutes(5));
    schedule(3, Duration.ofMinutes(5));
    assertThat(bench.whole(only().id())).isEqualTo(before);
  }

  @Test
  void aChangeDoesNotBringBackAFailedAttemptBeforeItsTime() {
    insert(1);
    LedgerRow held = claimed();
    inTenant(() -> writes.retry(held, FAILURE, Duration.ofHours(6)));
    Instant asked = due();
    schedule(2, Duration.ZERO);
    assertThat(only().generation()).isEqualTo(2);
    assertThat(due()).isEqualTo(asked);
  }

  @Test
  void aDispatchedOrRunningRowIsLeftAlone() {
    insert(1);
    bench.queue(only().id());
    String queued = bench.whole(only().id());
    schedule(2, Duration.ZERO);
    assertThat(bench.whole(only().id())).isEqualTo(queued);

    claim(only().id(), only().epoch());
    String processing = bench.whole(only().id());
    schedule(2, Duration.ZERO);
    assertThat(bench.whole(only().id())).isEqualTo(processing);
  }

  @Test
  void whatFailedForAGenerationIsNotRepeatedForItButForTheNext() {
    insert(1);
    LedgerRow held = claimed();
    inTenant(() -> writes.fail(held, FAILURE));
    schedule(1, Duration.ZERO);
    assertThat(rows()).hasSize(1);
    schedule(2, Duration.ZERO);
    assertThat(rows()).extracting(Seen.Row::state).containsExactly("FAILED", "PENDING");
  }

  @Test
  void aSuccessorIsClaimedOnlyIfNoOtherRowDoesItsWork() {
    UUID job = UUID.randomUUID();
    NewRow next = bench.row(conversation, conversation, Stage.SUMMARIZE, 2);
    LedgerRow first = inTenant(() -> acquisition.insertClaimed(next, job)).orElseThrow();
    assertThat(first.crashCount()).isEqualTo(1);
    assertThat(first.epoch()).isEqualTo(1);
    assertThat(first.jobId()).isEqualTo(job);
    NewRow newer = bench.row(conversation, conversation, Stage.SUMMARIZE, 3);
    assertThat(inTenant(() -> acquisition.insertClaimed(newer, job))).isEmpty();
  }

  @Test
  void aRequeueGivesAFailedRowItsAttemptsBackAndNothingElseMoves() {
    insert(1);
    assertThat(requeue(only().id())).isFalse();
    LedgerRow held = claimed();
    assertThat(requeue(only().id())).isFalse();
    inTenant(() -> writes.fail(held, FAILURE));
    long epoch = only().epoch();
    assertThat(requeue(only().id())).isTrue();
    assertThat(only().attempts()).isZero();
    assertThat(only().errorCode()).isNull();
    assertThat(only().epoch()).isGreaterThanOrEqualTo(epoch);
    assertThat(requeue(UUID.randomUUID())).isFalse();
  }

  @Test
  void aCancelReachesOpenRowsOfItsConversationAloneAndNeverAnErasure() {
    UUID other = bench.conversation();
    insert(1);
    inTenant(() -> ledger.insert(bench.row(other, other, Stage.AGGREGATE, 1)));
    UUID tombstone = UUID.randomUUID();
    inTenant(() -> ledger.insert(bench.row(conversation, tombstone, Stage.ERASE, 1)));

    assertThat(inTenant(() -> ledger.cancelOpen(conversation, null, "erased"))).isEqualTo(1);

    assertThat(only().state()).isEqualTo("CANCELLED");
    assertThat(bench.seen().rows(conversation, "ERASE")).allMatch(r -> r.state().equals("PENDING"));
    assertThat(bench.seen().rows(other)).allMatch(row -> row.state().equals("PENDING"));
    assertThat(inTenant(() -> ledger.cancelOpen(conversation, null, "erased"))).isZero();
  }

  @Test
  void theRelayIsToldAfterTheCommitAndNeverOfWhatWasRolledBack() {
    assertThatThrownBy(() ->
            inTenant(() -> {
              ledger.insert(bench.row(conversation, conversation, Stage.AGGREGATE, 1));
              throw new IllegalStateException("rolled back");
            }))
        .hasMessage("rolled back");
    assertThat(signals).hasValue(0);
    inTenant(() -> {
      ledger.insert(bench.row(conversation, conversation, Stage.AGGREGATE, 1));
      assertThat(signals).hasValue(0);
      return true;
    });
    assertThat(signals).hasValue(1);
  }

  private void insert(long generation) {
    inTenant(
        () -> ledger.insert(bench.row(conversation, conversation, Stage.AGGREGATE, generation)));
  }

  private void schedule(long generation, Duration delay) {
    inTenant(() -> {
      ledger.schedule(
          new NewRow(
              bench.home().project(),
              conversation,
              conversation,
              Stage.AGGREGATE,
              generation,
              Priority.LIVE,
              delay));
      return true;
    });
  }

  private LedgerRow claimed() {
    UUID row =
        rows().stream()
            .filter(seen -> seen.state().equals("PENDING"))
            .findFirst()
            .orElseThrow()
            .id();
    return claim(row, bench.queue(row));
  }

  private LedgerRow claim(UUID row, long epoch) {
    return inTenant(
            () -> acquisition.claim(row, Stage.AGGREGATE, epoch, JourneyRequest.jobId(row, epoch)))
        .orElseThrow();
  }

  private boolean requeue(UUID row) {
    return inTenant(() -> ledger.requeue(row));
  }

  private List<Seen.Row> rows() {
    return bench.seen().rows(conversation, "AGGREGATE");
  }

  private Seen.Row only() {
    return bench.only(conversation, conversation, "AGGREGATE");
  }

  private Instant due() {
    return bench.one(
        "SELECT next_attempt_at FROM processing_status WHERE tenant_id = ? AND id = ?",
        Instant.class,
        only().id());
  }

  private <T> T inTenant(java.util.function.Supplier<T> work) {
    return database.database().inTenant(bench.home().tenant(), work);
  }

  private void inTenant(Runnable work) {
    inTenant(() -> {
      work.run();
      return true;
    });
  }
}
