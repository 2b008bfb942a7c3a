package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.stage.StageStep.Ended;
import dev.talkmill.jobs.stage.StageStep.Ending;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a step found lands once, however the database treats the transaction that writes it. */
class EndingsTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Failure AWAY = Failure.of(FailureCode.PROVIDER_UNAVAILABLE, "away");
  private static TestDatabase database;
  private ParkingDataSource statements;
  private Database parking;
  private FakeTranscribe transcribe;
  private Bench bench;
  private LeaseKeeper leases;
  private Claims claims;
  private Endings endings;
  private UUID conversation;
  private UUID chunk;
  private JourneyRequest request;
  private final AtomicLong nanoTime = new AtomicLong();
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicInteger applied = new AtomicInteger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void endings() {
    statements = new ParkingDataSource(database.database().dataSource());
    parking = new Database(statements);
    transcribe = new FakeTranscribe(parking);
    bench = new Bench(database, parking, TestWorker.settings(), signals::incrementAndGet);
    leases = new LeaseKeeper(parking, HOUR, nanoTime::get);
    claims = new Claims(parking, bench.core().ledger(), leases, Map.of());
    Map<Stage, Integer> lanes =
        Stream.of(Stage.values()).collect(Collectors.toMap(stage -> stage, stage -> 1));
    endings =
        new Endings(
            parking,
            bench.core().ledger(),
            bench.core().writes(),
            claims,
            bench.core().conversations(),
            new Lanes(lanes, Map.of()),
            List.of(transcribe),
            new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(1)),
            ThreadLocalRandom::current,
            meters);
    conversation = bench.conversation();
    chunk = bench.chunk(conversation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57014", "57P01", "40001", "40P01", "55P03", "25006"})
  void aResultIsWrittenAgainIfItsTransactionWasBrokenOff(String state) {
    Claim claim = claimed();
    statements.failNext("SET state = 'COMPLETED'", 2, state);
    endings.succeed(claim, request, ending(claim));
    assertEndedOnce();
    assertThat(applied).hasValue(3);
  }

  @Test
  void aResultIsWrittenAgainAfterItsConnectionWasCut() {
    Claim claim = claimed();
    endings.succeed(
        claim,
        request,
        locked -> {
          if (applied.getAndIncrement() == 0) {
            cutMyConnection();
          }
          return transcribe.end(locked, claim.row());
        });
    assertEndedOnce();
    assertThat(applied).hasValue(2);
  }

  @Test
  void aCommitThatWasNotAnsweredIsRecognisedAndNothingIsDoneTwice() {
    Claim claim = claimed();
    statements.loseNextCommitAnswers(1);
    endings.succeed(claim, request, ending(claim));
    assertEndedOnce();
    assertThat(applied).hasValue(1);
  }

  @Test
  void theNextStageOfACommitThatWasNotAnsweredWaitsForTheRelayWithoutACrash() {
    Claim claim = claimed();
    int before = signals.get();
    statements.loseNextCommitAnswers(1);
    JourneyRunner.Next next =
        endings.succeed(
            claim, request, locked -> Ended.then(bench.row(conversation, chunk, Stage.PREPARE, 1)));
    assertThat(next.claim()).isNull();
    Seen.Row prepare = bench.only(conversation, chunk, "PREPARE");
    assertThat(prepare.state()).isEqualTo("PENDING");
    assertThat(prepare.crashCount()).isZero();
    assertThat(signals.get()).isGreaterThan(before);
  }

  @Test
  void theNextStageGoesOnAtOnceAfterATryThatDidNotLand() {
    Claim claim = claimed();
    statements.failNext("commit", 1);
    JourneyRunner.Next next =
        endings.succeed(
            claim, request, locked -> Ended.then(bench.row(conversation, chunk, Stage.PREPARE, 1)));
    assertThat(next.claim()).isNotNull();
    assertThat(bench.only(conversation, chunk, "PREPARE").state()).isEqualTo("PROCESSING");
  }

  @Test
  void whatTheDatabaseRefusesIsNotRepeated() {
    Claim claim = claimed();
    assertThatThrownBy(() ->
            endings.succeed(
                claim,
                request,
                locked -> {
                  applied.incrementAndGet();
                  bench.core().ledger().insert(bench.row(conversation, chunk, Stage.TRANSCRIBE, 1));
                  return Ended.with("ok");
                }))
        .isInstanceOf(DuplicateKeyException.class);
    assertThat(applied).hasValue(1);
  }

  @Test
  void aClaimThatCouldNotBeRenewedMayStillEndItsRowAsLongAsNobodyHasTakenIt() {
    Claim claim = claimed();
    nanoTime.addAndGet(HOUR.toNanos());
    assertThatThrownBy(claim::ensureHeld).isInstanceOf(LostClaimException.class);
    bench.expire(claim.row().id());
    endings.succeed(claim, request, ending(claim));
    assertEndedOnce();
  }

  @Test
  void aRepeatedTryThatComesTooLateLandsNothing() {
    Claim claim = claimed();
    statements.failNext("SET state = 'COMPLETED'", 1);
    assertThatThrownBy(() ->
            endings.succeed(
                claim,
                request,
                locked -> {
                  if (applied.getAndIncrement() == 0) {
                    takeAway(claim.row());
                  }
                  return transcribe.end(locked, claim.row());
                }))
        .isInstanceOf(LostClaimException.class);
    assertThat(revisions()).isZero();
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("PENDING");
  }

  @Test
  void aFailureIsWrittenAgainIfItsTransactionWasBrokenOff() {
    Claim claim = claimed();
    statements.failNext("SET state = 'PENDING', cause", 2);
    assertThat(endings.failed(claim, AWAY, new IllegalStateException("away")))
        .hasMessageContaining("Attempt 1; the next one is due");
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").attempts()).isEqualTo(1);

    Claim last = claimed();
    statements.failNext("SET state = 'FAILED'", 1);
    assertThat(endings.failed(last, AWAY, new IllegalStateException("away")))
        .hasMessageContaining("Attempt 2 was the last");
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("FAILED");
    assertThat(meters.counter("talkmill.stage.ends", "stage", "TRANSCRIBE", "result", "failed"))
        .satisfies(ends -> assertThat(ends.count()).isEqualTo(1));
  }

  @Test
  void aHandlerThatLearnsThatItsRowWasTakenOverIsNoCrash() {
    Claim claim = claimed();
    takeAway(claim.row());
    endings.handBack(claim, Duration.ZERO);
    assertNoCrashAfterRelease(claim);
  }

  @Test
  void aHandlerWhoseRowCouldNotBeHandedBackIsNoCrash() {
    Claim claim = claimed();
    statements.failNext("greatest(crash_count - 1", 1);
    endings.handBack(claim, Duration.ZERO);
    assertNoCrashAfterRelease(claim);
  }

  @Test
  void aHandlerWhoseFailureMetATakenRowIsNoCrash() {
    Claim claim = claimed();
    takeAway(claim.row());
    assertThat(endings.failed(claim, AWAY, new IllegalStateException("away")))
        .hasMessageContaining("taken over");
    assertNoCrashAfterRelease(claim);
  }

  @Test
  void aHandlerWhoseEndTheDatabaseRefusesKeepsItsCrashForOnlyThatEndsIt() {
    Claim claim = claimed();
    statements.failNext("greatest(crash_count - 1", 1, "23514");
    endings.handBack(claim, Duration.ZERO);
    claims.release(claim);
    leases.renewOnce();
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").crashCount()).isEqualTo(1);
  }

  private void assertNoCrashAfterRelease(Claim claim) {
    claims.release(claim);
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").crashCount()).isEqualTo(1);
    leases.renewOnce();
    assertThat(bench.only(conversation, chunk, "TRANSCRIBE").crashCount()).isZero();
  }

  private void assertEndedOnce() {
    Seen.Row row = bench.only(conversation, chunk, "TRANSCRIBE");
    assertThat(row.state()).isEqualTo("COMPLETED");
    assertThat(row.outcome()).isEqualTo("ok");
    assertThat(row.attempts()).isEqualTo(1);
    assertThat(revisions()).isEqualTo(1);
    assertThat(bench.seen().conversation(conversation).generation()).isEqualTo(3);
    assertThat(meters.counter("talkmill.stage.ends", "stage", "TRANSCRIBE", "result", "ok").count())
        .isEqualTo(1);
  }

  private int revisions() {
    return bench.one(
        "SELECT count(*) FROM chunk_transcript WHERE tenant_id = ? AND chunk_id = ?",
        Integer.class,
        chunk);
  }

  private Ending ending(Claim claim) {
    return locked -> {
      applied.incrementAndGet();
      return transcribe.end(locked, claim.row());
    };
  }

  private Claim claimed() {
    UUID id = bench.only(conversation, chunk, "TRANSCRIBE").id();
    long epoch = bench.queue(id);
    request = JourneyRequest.of(Stage.TRANSCRIBE, bench.home().tenant(), id, epoch);
    LedgerRow queued = claims.peek(bench.home().tenant(), id, request.jobId()).orElseThrow();
    return claims.take(queued, epoch, request.jobId(), bench.core().rules()).orElseThrow();
  }

  private void cutMyConnection() {
    int mine = parking.sql().sql("SELECT pg_backend_pid()").query(Integer.class).single();
    JdbcClient.create(Pools.owner(database.address()))
        .sql("SELECT pg_terminate_backend(?, 10000)")
        .params(mine)
        .query(Boolean.class)
        .single();
  }

  /** On another connection, as a sweep does. */
  private static void takeAway(LedgerRow row) {
    JdbcClient.create(Pools.owner(database.address()))
        .sql(
            """
            UPDATE talkmill.processing_status
            SET state = 'PENDING', epoch = epoch + 1, lease_until = NULL WHERE id = ?
            """)
        .params(row.id())
        .update();
  }
}
