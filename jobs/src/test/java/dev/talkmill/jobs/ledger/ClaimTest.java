package dev.talkmill.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimTest {

  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static Database parking;
  private Bench bench;
  private Ledger ledger;
  private FencedWrites writes;
  private LeaseAcquisition acquisition;
  private UUID conversation;
  private UUID row;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    parking = new Database(statements);
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void row() {
    bench = new Bench(database, parking, TestWorker.settings(), () -> {});
    ledger = bench.core().ledger();
    writes = bench.core().writes();
    acquisition = new LeaseAcquisition(parking, ledger.clock(), ledger.lease(), Map.of());
    conversation = bench.conversation();
    UUID chunk = bench.chunk(conversation);
    row = bench.only(conversation, chunk, "TRANSCRIBE").id();
  }

  @Test
  void aRowIsTakenAtTheEpochItWasDispatchedAtAndNoOther() {
    long epoch = bench.queue(row);
    assertThat(claim(epoch - 1)).isEmpty();
    assertThat(claim(epoch + 1)).isEmpty();
    LedgerRow claimed = claim(epoch).orElseThrow();
    assertThat(claimed.epoch()).isEqualTo(epoch + 1);
    assertThat(claimed.state()).isEqualTo(State.PROCESSING);
    assertThat(claimed.crashCount()).isEqualTo(1);
  }

  @Test
  void aSecondClaimWithTheSameEpochGetsNothing() {
    long epoch = bench.queue(row);
    assertThat(claim(epoch)).isPresent();
    String held = bench.whole(row);
    assertThat(claim(epoch)).isEmpty();
    assertThat(claim(epoch + 1)).isEmpty();
    assertThat(bench.whole(row)).isEqualTo(held);
  }

  @Test
  void ofTwoClaimsAtOnceOneGetsTheRow() throws Exception {
    long epoch = bench.queue(row);
    ParkingDataSource.Parked parked = statements.parkCommit();
    CompletableFuture<Optional<LedgerRow>> first = Bench.aside(() -> claim(epoch));
    parked.awaitArrival();
    CompletableFuture<Optional<LedgerRow>> second = Bench.aside(() -> claim(epoch));
    Bench.awaitBlocked(database, 1);
    parked.close();
    assertThat(first.get(2, TimeUnit.MINUTES)).isPresent();
    assertThat(second.get(2, TimeUnit.MINUTES)).isEmpty();
  }

  @Test
  void aRowThatWasNotDispatchedIsNobodysToTake() {
    assertThat(claim(0)).isEmpty();
  }

  @Test
  void anEndedRowIsNotTakenEvenByItsOwnJob() {
    long epoch = bench.queue(row);
    LedgerRow held = claim(epoch).orElseThrow();
    inTenant(() -> writes.complete(held, "ok"));
    assertThat(claim(epoch)).isEmpty();
    assertThat(claim(held.epoch())).isEmpty();

    UUID chunk = bench.chunk(conversation);
    UUID cancelled = bench.only(conversation, chunk, "TRANSCRIBE").id();
    long dispatched = bench.queue(cancelled);
    inTenant(() -> ledger.cancelOpen(conversation, chunk, "erased"));
    assertThat(claim(cancelled, dispatched, JourneyRequest.jobId(cancelled, dispatched))).isEmpty();
  }

  @Test
  void theDashboardsRequeueOfAFailedRowStartsItsCountersAnew() {
    long epoch = failedAt();
    LedgerRow again = claim(epoch).orElseThrow();
    assertThat(again.attempts()).isZero();
    assertThat(again.crashCount()).isEqualTo(1);
    assertThat(again.epoch()).isGreaterThan(epoch + 1);
    assertThat(seenRow().errorCode()).isNull();
  }

  @Test
  void aFailedRowIsNotTakenByAnotherJobThanItsLast() {
    failedAt();
    assertThat(claim(row, 1, UUID.randomUUID())).isEmpty();
    assertThat(seenRow().state()).isEqualTo("FAILED");
  }

  @Test
  void theDashboardsRequeueOfAWaitingRowRunsItNowAndKeepsItsAttempts() {
    long epoch = bench.queue(row);
    LedgerRow held = claim(epoch).orElseThrow();
    inTenant(() -> writes.retry(held, failure(), Duration.ofHours(1)));
    LedgerRow again = claim(epoch).orElseThrow();
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(again.crashCount()).isEqualTo(1);
  }

  @Test
  void theJobOfAnEarlierDispatchIsTooLateOnceAnotherExists() {
    long first = bench.queue(row);
    inTenant(() -> writes.returnQueued(found(), Duration.ZERO));
    long second = bench.queue(row);
    assertThat(claim(first)).isEmpty();
    assertThat(claim(second)).isPresent();
  }

  @Test
  void aFailedRowIsNotRunAgainWhileANewerOneDoesTheSameWork() {
    UUID behind = bench.conversation();
    inTenant(() -> ledger.insert(bench.row(behind, behind, Stage.AGGREGATE, 1)));
    UUID failed = bench.seen().rows(behind, "AGGREGATE").getFirst().id();
    long epoch = bench.queue(failed);
    UUID job = JourneyRequest.jobId(failed, epoch);
    LedgerRow held = claim(failed, epoch, job).orElseThrow();
    inTenant(() -> writes.fail(held, failure()));
    inTenant(() -> ledger.insert(bench.row(behind, behind, Stage.AGGREGATE, 2)));

    assertThat(claim(failed, epoch, job)).isEmpty();
  }

  private long failedAt() {
    long epoch = bench.queue(row);
    LedgerRow held = claim(epoch).orElseThrow();
    inTenant(() -> writes.retry(held, failure(), Duration.ZERO));
    long last = bench.queue(row);
    LedgerRow again = claim(last).orElseThrow();
    inTenant(() -> writes.fail(again, failure()));
    return last;
  }

  private Optional<LedgerRow> claim(long epoch) {
    return claim(row, epoch, JourneyRequest.jobId(row, epoch));
  }

  private Optional<LedgerRow> claim(UUID id, long epoch, UUID job) {
    return parking.inTenant(
        bench.home().tenant(), () -> acquisition.claim(id, Stage.TRANSCRIBE, epoch, job));
  }

  private LedgerRow found() {
    return ledger.find(row).orElseThrow();
  }

  private Seen.Row seenRow() {
    return bench.seen().rows(conversation, "TRANSCRIBE").stream()
        .filter(seen -> seen.id().equals(row))
        .findFirst()
        .orElseThrow();
  }

  private static Failure failure() {
    return Failure.of(FailureCode.PROVIDER_UNAVAILABLE, "away");
  }

  private void inTenant(Runnable work) {
    parking.inTenant(
        bench.home().tenant(),
        () -> {
          work.run();
          return true;
        });
  }
}
