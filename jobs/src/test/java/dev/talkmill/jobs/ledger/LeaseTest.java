package dev.talkmill.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTest {

  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration HALF = LEASE.dividedBy(2);
  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static Database parking;
  private final AtomicLong nanoTime = new AtomicLong(-5);
  private Bench bench;
  private LeaseAcquisition acquisition;
  private LeaseKeeper leases;

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
  void bench() {
    bench = new Bench(database, parking, TestWorker.settings(), () -> {});
    leases = new LeaseKeeper(parking, LEASE, nanoTime::get);
    Ledger ledger = bench.core().ledger();
    acquisition = new LeaseAcquisition(parking, ledger.clock(), ledger.lease(), Map.of());
  }

  @Test
  void renewalProlongsMyLeasesAndNobodyElses() {
    LedgerRow mine = processing();
    LedgerRow others = processing();
    leases.keep(mine, nanoTime.get());
    bench.expire(mine.id());
    bench.expire(others.id());
    String before = bench.whole(others.id());

    leases.renewOnce();

    assertThat(leaseEnd(mine)).isAfter(now());
    assertThat(bench.whole(others.id())).isEqualTo(before);
  }

  @Test
  void theHolderOfARowThatWasTakenIsToldSo() {
    LedgerRow row = processing();
    Claim kept = leases.keep(row, nanoTime.get());
    LedgerRow other = processing();
    Claim unharmed = leases.keep(other, nanoTime.get());
    bench.expire(row.id());
    inTenant(() -> acquisition.takeExpired(row));
    String before = bench.whole(row.id());

    leases.renewOnce();

    assertThatThrownBy(kept::ensureHeld).isInstanceOf(LostClaimException.class);
    assertThatCode(unharmed::ensureHeld).doesNotThrowAnyException();
    assertThat(bench.whole(row.id())).isEqualTo(before);
  }

  @Test
  void theHolderOfACancelledRowIsToldSo() {
    LedgerRow row = processing();
    Claim claim = leases.keep(row, nanoTime.get());
    inTenant(() -> bench.core().ledger().cancelOpen(row.conversation(), null, "erased"));
    leases.renewOnce();
    assertThatThrownBy(claim::ensureHeld).isInstanceOf(LostClaimException.class);
  }

  @Test
  void aClaimThatWasNotRenewedByHalfItsLeaseIsNotActedOn() {
    Claim claim = leases.keep(processing(), nanoTime.get());
    nanoTime.addAndGet(HALF.toNanos());
    assertThatCode(claim::ensureHeld).doesNotThrowAnyException();
    nanoTime.addAndGet(1);
    assertThatThrownBy(claim::ensureHeld).isInstanceOf(LostClaimException.class);
  }

  @Test
  void aRenewalCountsFromBeforeTheDatabaseWasAsked() throws Exception {
    Claim claim = leases.keep(processing(), nanoTime.get());
    ParkingDataSource.Parked parked = statements.park("FOR UPDATE OF p SKIP LOCKED");
    CompletableFuture<Void> renewal = CompletableFuture.runAsync(leases::renewOnce);
    parked.awaitArrival();
    nanoTime.addAndGet(HALF.toNanos() + 1);
    parked.close();
    renewal.get(2, TimeUnit.MINUTES);
    assertThatThrownBy(claim::ensureHeld).isInstanceOf(LostClaimException.class);
    leases.renewOnce();
    assertThatCode(claim::ensureHeld).doesNotThrowAnyException();
  }

  @Test
  void aRowThatAWriterHasLockedIsNeitherWaitedForNorLost() throws Exception {
    LedgerRow row = processing();
    Claim claim = leases.keep(row, nanoTime.get());
    bench.expire(row.id());
    try (Connection writer = Pools.owner(database.address()).getConnection()) {
      writer.setAutoCommit(false);
      lock(writer, row.id());
      leases.renewOnce();
      assertThatCode(claim::ensureHeld).doesNotThrowAnyException();
      writer.rollback();
    }
    leases.renewOnce();
    assertThat(leaseEnd(row)).isAfter(now());
  }

  @Test
  void aReleasedClaimIsNotRenewed() {
    LedgerRow row = processing();
    Claim claim = leases.keep(row, nanoTime.get());
    bench.expire(row.id());
    String before = bench.whole(row.id());
    leases.release(claim);
    leases.renewOnce();
    assertThat(bench.whole(row.id())).isEqualTo(before);
    assertThat(leases.count()).isZero();
  }

  @Test
  void theReleaseOfAnEarlierClaimLeavesTheNewerOneOfTheSameRowAlone() {
    LedgerRow row = processing();
    Claim earlier = leases.keep(row, nanoTime.get());
    bench.expire(row.id());
    LedgerRow taken =
        parking.inTenant(bench.home().tenant(), () -> acquisition.takeExpired(row).orElseThrow());
    Claim newer = leases.keep(taken, nanoTime.get());
    leases.release(earlier);
    leases.renewOnce();
    assertThatCode(newer::ensureHeld).doesNotThrowAnyException();
    assertThat(leaseEnd(row)).isAfter(now());
  }

  @Test
  void leasesAreRenewedAgainAfterTheDatabaseWasAway() {
    LedgerRow row = processing();
    try (LeaseKeeper keeper = new LeaseKeeper(parking, Duration.ofMillis(150), System::nanoTime)) {
      keeper.keep(row, System.nanoTime());
      statements.failNext("FOR UPDATE OF p SKIP LOCKED", 3);
      bench.expire(row.id());
      keeper.start();
      Await.until(() -> leaseEnd(row), end -> end.isAfter(now().minusMillis(900)));
    }
  }

  private LedgerRow processing() {
    UUID conversation = bench.conversation();
    UUID chunk = bench.chunk(conversation);
    UUID row = bench.only(conversation, chunk, "TRANSCRIBE").id();
    long epoch = bench.queue(row);
    return parking.inTenant(
        bench.home().tenant(),
        () ->
            acquisition
                .claim(row, Stage.TRANSCRIBE, epoch, JourneyRequest.jobId(row, epoch))
                .orElseThrow());
  }

  private Instant leaseEnd(LedgerRow row) {
    return bench.one(
        "SELECT lease_until FROM processing_status WHERE tenant_id = ? AND id = ?",
        Instant.class,
        row.id());
  }

  private Instant now() {
    return parking.inSystem(
        () -> parking.sql().sql("SELECT clock_timestamp()").query(Instant.class).single());
  }

  private static void lock(Connection writer, UUID row) throws java.sql.SQLException {
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
