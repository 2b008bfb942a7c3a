package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.sweep.ReleaseExpiredLeases;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.ParkingDataSource.Parked;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.time.Clock;
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

/** Claims that meet what takes their row away, each parked at the moment that hurts most. */
class ClaimRaceTest {

  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static Database parking;
  private Bench bench;
  private UUID conversation;
  private UUID chunk;
  private UUID row;
  private long epoch;
  private LedgerRow dispatched;
  private Claims claims;

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
    conversation = bench.conversation();
    chunk = bench.chunk(conversation);
    row = bench.only(conversation, chunk, "TRANSCRIBE").id();
    epoch = bench.queue(row);
    dispatched =
        parking.inTenant(
            bench.home().tenant(), () -> bench.core().ledger().find(row).orElseThrow());
    claims =
        new Claims(
            parking,
            bench.core().ledger(),
            new LeaseKeeper(parking, Duration.ofHours(1), System::nanoTime),
            Map.of());
  }

  @Test
  void aClaimThatWasUnderWayWhenItsChunkIsToBeTranscribedAgainIsFenced() throws Exception {
    CompletableFuture<Optional<Claim>> claim;
    CompletableFuture<Boolean> again;
    try (Parked parked = statements.parkCommit()) {
      claim = claim();
      parked.awaitArrival();
      again = Bench.aside(this::retranscribe);
      Bench.awaitBlocked(database, 1);
    }
    assertThat(again.get(2, TimeUnit.MINUTES)).isTrue();
    Claim stale = claim.get(2, TimeUnit.MINUTES).orElseThrow();

    Seen.Row cancelled = bench.seen().rows(conversation, "TRANSCRIBE").getFirst();
    assertThat(cancelled.state()).isEqualTo("CANCELLED");
    assertThat(cancelled.epoch()).isGreaterThan(stale.row().epoch());
    assertThatThrownBy(() -> complete(stale)).isInstanceOf(LostClaimException.class);
  }

  @Test
  void aClaimThatComesAfterTheCancelGetsNothing() throws Exception {
    CompletableFuture<Optional<Claim>> claim;
    CompletableFuture<Boolean> again;
    try (Parked parked = statements.parkCommit()) {
      again = Bench.aside(this::retranscribe);
      parked.awaitArrival();
      claim = claim();
      Bench.awaitBlocked(database, 1);
    }
    assertThat(again.get(2, TimeUnit.MINUTES)).isTrue();
    assertThat(claim.get(2, TimeUnit.MINUTES)).isEmpty();
  }

  @Test
  void anErasureWaitsForTheHolderWhoseClaimWasUnderWay() throws Exception {
    CompletableFuture<Optional<Claim>> claim;
    CompletableFuture<Boolean> erasure;
    try (Parked parked = statements.parkCommit()) {
      claim = claim();
      parked.awaitArrival();
      erasure = Bench.aside(this::erase);
      Bench.awaitBlocked(database, 1);
    }
    assertThat(erasure.get(2, TimeUnit.MINUTES)).isTrue();
    Claim stale = claim.get(2, TimeUnit.MINUTES).orElseThrow();
    assertThat(secondsUntilObjectsAreErased()).isGreaterThan(3_000);
    assertThatThrownBy(() -> complete(stale)).isInstanceOf(LostClaimException.class);
    assertThat(bench.seen().rows(conversation)).extracting(Seen.Row::stage).containsOnly("ERASE");
  }

  @Test
  void anErasureWaitsForAHolderWhoseRowWasReleasedToo() throws Exception {
    Claim stalled = claim().get(20, TimeUnit.SECONDS).orElseThrow();
    bench.expire(stalled.row().id());
    new ReleaseExpiredLeases(parking, Duration.ofHours(1), () -> {}).runOnce();
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("PENDING");
    assertThat(erase()).isTrue();
    assertThat(secondsUntilObjectsAreErased()).isGreaterThan(3_000);
  }

  @Test
  void anErasureThatNobodyStandsInTheWayOfDoesNotWait() {
    assertThat(erase()).isTrue();
    assertThat(secondsUntilObjectsAreErased()).isLessThanOrEqualTo(0);
  }

  /** Claims on a thread of its own the row that was dispatched before anything was parked. */
  private CompletableFuture<Optional<Claim>> claim() {
    return Bench.aside(() ->
        claims.take(dispatched, epoch, JourneyRequest.jobId(row, epoch), bench.core().rules()));
  }

  private boolean retranscribe() {
    return bench.core().steering().retranscribe(bench.home().tenant(), conversation).isPresent();
  }

  private boolean erase() {
    return new Erasing(
            parking,
            bench.core().conversations(),
            bench.core().ledger(),
            Clock.systemUTC(),
            bytes -> Duration.ofHours(1))
        .eraseConversation(bench.home().tenant(), conversation, "test");
  }

  private void complete(Claim claim) {
    parking.inTenant(
        bench.home().tenant(),
        () -> {
          bench.core().writes().complete(claim.row(), "ok");
          return true;
        });
  }

  private int secondsUntilObjectsAreErased() {
    return bench.one(
        """
        SELECT CAST(extract(epoch FROM next_attempt_at - clock_timestamp()) AS integer)
        FROM processing_status
        WHERE tenant_id = ? AND conversation_id = ? AND stage = 'ERASE'
        """,
        Integer.class,
        conversation);
  }
}
