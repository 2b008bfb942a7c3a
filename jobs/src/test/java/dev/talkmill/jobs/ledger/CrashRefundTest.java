package dev.talkmill.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.sweep.ReleaseExpiredLeases;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** A process that lives has not crashed, whatever became of its leases. */
class CrashRefundTest {

  private static final Duration LEASE = Duration.ofSeconds(30);
  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static Database parking;
  private Bench bench;
  private Ledger ledger;
  private FencedWrites writes;
  private LeaseAcquisition acquisition;
  private LeaseKeeper leases;
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
    leases = new LeaseKeeper(parking, LEASE, System::nanoTime);
    conversation = bench.conversation();
    row = bench.only(conversation, bench.chunk(conversation), "TRANSCRIBE").id();
  }

  @Test
  void aClaimThatWasLostWhileItsProcessLivesIsNoCrash() {
    keep(claimed());
    release();
    assertThat(seen().crashCount()).isEqualTo(1);
    leases.renewOnce();
    assertThat(seen().crashCount()).isZero();
    assertThat(seen().state()).isEqualTo("PENDING");
  }

  @Test
  void whatAnOutageReleasesAgainAndAgainIsNeverSuspected() {
    for (int outage = 1; outage <= 10; outage++) {
      Claim claim = keep(claimed());
      assertThat(claim.row().crashCount()).isEqualTo(1);
      release();
      leases.renewOnce();
      leases.release(claim);
    }
  }

  @Test
  void theCrashesOfProcessesThatDiedStayCounted() {
    crashed(3);
    keep(claimed());
    release();
    assertThat(seen().crashCount()).isEqualTo(4);
    leases.renewOnce();
    assertThat(seen().crashCount()).isEqualTo(3);
  }

  @Test
  void aCrashIsGivenBackOnce() {
    crashed(3);
    Claim claim = keep(claimed());
    release();
    for (int pass = 0; pass < 3; pass++) {
      leases.renewOnce();
      leases.abandon(claim);
    }
    leases.release(claim);
    leases.renewOnce();
    assertThat(seen().crashCount()).isEqualTo(3);
  }

  @Test
  void aCrashIsGivenBackOnceAlsoIfTheCommitOfThatWasNotAnswered() {
    crashed(3);
    Claim claim = keep(claimed());
    release();
    claim.lose();
    leases.release(claim);
    leases.abandon(claim);
    statements.loseNextCommitAnswers(1);
    assertThat(passes()).isFalse();
    assertThat(passes()).isTrue();
    assertThat(seen().crashCount()).isEqualTo(3);
  }

  @Test
  void aCrashIsGivenBackToTheClaimThatFollowed() {
    keep(claimed());
    release();
    LedgerRow next = claimed();
    assertThat(next.crashCount()).isEqualTo(2);
    leases.renewOnce();
    assertThat(seen().crashCount()).isEqualTo(1);
    assertThat(seen().epoch()).isEqualTo(next.epoch());
    assertThat(seen().state()).isEqualTo("PROCESSING");
  }

  @Test
  void aCrashIsGivenBackWhileTheNextJobWaits() {
    keep(claimed());
    release();
    bench.queue(row);
    leases.renewOnce();
    assertThat(seen().crashCount()).isZero();
    assertThat(seen().state()).isEqualTo("QUEUED");
  }

  @Test
  void nothingIsGivenBackOnceAnotherClaimHasClearedTheCount() {
    keep(claimed());
    release();
    LedgerRow next = claimed();
    inTenant(
        () -> writes.retry(next, Failure.of(FailureCode.PROVIDER_TIMEOUT, "slow"), Duration.ZERO));
    claimed();
    String before = bench.whole(row);
    leases.renewOnce();
    assertThat(bench.whole(row)).isEqualTo(before);
  }

  @Test
  void nothingIsGivenBackToARowThatWasCancelled() {
    keep(claimed());
    inTenant(() -> ledger.cancelOpen(conversation, null, "erased"));
    String before = bench.whole(row);
    leases.renewOnce();
    assertThat(bench.whole(row)).isEqualTo(before);
  }

  @Test
  void aClaimThatIsHeldKeepsItsCrashInAdvance() {
    keep(claimed());
    leases.renewOnce();
    assertThat(seen().crashCount()).isEqualTo(1);
  }

  @Test
  void aHandlerThatCouldNotWriteItsEndIsNoCrash() {
    Claim claim = keep(claimed());
    leases.abandon(claim);
    leases.release(claim);
    statements.failNext("crash_count > 0", 1);
    assertThat(passes()).isFalse();
    assertThat(passes()).isTrue();
    release();
    assertThat(seen().crashCount()).isZero();
    assertThat(seen().state()).isEqualTo("PENDING");
  }

  @Test
  void twoLostClaimsOfOneRowGiveBackOneCrashEach() {
    Claim first = keep(claimed());
    leases.release(first);
    leases.abandon(first);
    release();
    Claim second = keep(claimed());
    leases.release(second);
    leases.abandon(second);
    assertThat(seen().crashCount()).isEqualTo(2);
    leases.renewOnce();
    leases.renewOnce();
    assertThat(seen().crashCount()).isZero();
  }

  @Test
  void aRowThatAWriterHasLockedIsNotWaitedForAndItsCrashIsGivenBackLater() throws Exception {
    keep(claimed());
    release();
    try (Connection writer = Pools.owner(database.address()).getConnection()) {
      writer.setAutoCommit(false);
      lock(writer);
      leases.renewOnce();
      writer.rollback();
    }
    assertThat(seen().crashCount()).isEqualTo(1);
    leases.renewOnce();
    assertThat(seen().crashCount()).isZero();
  }

  /** Whether a pass went through; the database may be away. */
  private boolean passes() {
    try {
      leases.renewOnce();
      return true;
    } catch (DataAccessException e) {
      return false;
    }
  }

  private LedgerRow claimed() {
    long epoch = bench.queue(row);
    return parking.inTenant(
        bench.home().tenant(),
        () ->
            acquisition
                .claim(row, Stage.TRANSCRIBE, epoch, JourneyRequest.jobId(row, epoch))
                .orElseThrow());
  }

  private Claim keep(LedgerRow claimed) {
    return leases.keep(claimed, System.nanoTime());
  }

  private void crashed(int times) {
    bench.seen().update("UPDATE processing_status SET crash_count = ? WHERE id = ?", times, row);
  }

  /** As the sweep does when a lease is over; the row is due at once. */
  private void release() {
    bench.expire(row);
    new ReleaseExpiredLeases(database.database(), LEASE, () -> {}).runOnce();
    assertThat(seen().state()).isEqualTo("PENDING");
  }

  private Seen.Row seen() {
    return bench.seen().rows(conversation, "TRANSCRIBE").getFirst();
  }

  private void lock(Connection writer) throws SQLException {
    try (PreparedStatement select =
        writer.prepareStatement("SELECT FROM talkmill.processing_status WHERE id = ? FOR UPDATE")) {
      select.setObject(1, row);
      select.execute();
    }
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
