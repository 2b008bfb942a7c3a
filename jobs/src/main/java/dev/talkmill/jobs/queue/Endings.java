package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.JourneyRunner.Next;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.stage.StageStep.Ending;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The transactions that end a claimed row. Result, status, fan-in and next stage commit together or
 * not at all, so a crash leaves either the whole step or none of it.
 */
public final class Endings {

  private static final Logger log = LoggerFactory.getLogger(Endings.class);

  private final Database database;
  private final FencedWrites writes;
  private final Claims claims;
  private final Map<Stage, StageStep> steps = new EnumMap<>(Stage.class);
  private final Completion completion;
  private final AttemptFailures failures;

  public Endings(
      Database database,
      Ledger ledger,
      FencedWrites writes,
      Claims claims,
      Conversations conversations,
      Lanes lanes,
      List<StageStep> steps,
      RetryPolicy retries,
      Supplier<? extends RandomGenerator> random,
      MeterRegistry meters) {
    this.database = database;
    this.writes = writes;
    this.claims = claims;
    steps.forEach(step -> this.steps.put(step.stage(), step));
    EndingLock lock = new EndingLock(conversations);
    TransactionRetry repeats = new TransactionRetry(TransactionRetry.PAUSES, random);
    StageMeters stages = new StageMeters(meters);
    this.completion =
        new Completion(database, ledger, writes, claims, lock, lanes, repeats, stages);
    this.failures =
        new AttemptFailures(
            database, ledger, writes, claims, lock, this::step, retries, random, repeats, stages);
  }

  StageStep step(Stage stage) {
    StageStep step = steps.get(stage);
    if (step == null) {
      throw new IllegalStateException("no step does " + stage + " in this process");
    }
    return step;
  }

  /** Ends a row with what its step found, and claims the next stage if there is room for it. */
  Next succeed(Claim claim, JourneyRequest request, Ending ending) {
    return completion.succeed(claim, request, ending);
  }

  /**
   * Ends a failed attempt: a retry, or FAILED.
   *
   * @return what makes the job show as failed in the dashboard
   */
  AttemptFailedException failed(Claim claim, Failure failure, RuntimeException reason) {
    return failures.failed(claim, failure, reason);
  }

  /**
   * Ends a row FAILED whose last crash was while it ran alone.
   *
   * @return false if it has moved on meanwhile
   */
  public boolean condemn(UUID tenant, UUID id) {
    return failures.condemn(tenant, id);
  }

  /** Gives a row back untried: at a graceful stop, or while its provider is down. */
  void handBack(Claim claim, Duration wait) {
    LedgerRow row = claim.row();
    Thread.interrupted(); // The pool must still hand out a connection for this one write.
    try {
      database.inTenant(
          row.tenant(),
          () -> {
            writes.handBack(row, wait);
            return true;
          });
      log.info("{} handed back", row.stage());
    } catch (LostClaimException e) {
      claims.abandon(claim);
      log.info("{} is another attempt's by now", row.stage());
    } catch (DataAccessException | TransactionException e) {
      claims.abandonAfter(e, claim);
      log.info("{} could not be handed back; its lease will run out", row.stage());
    }
  }

  static Failure unexpected(RuntimeException e) {
    return Failure.of(
        FailureCode.INTERNAL_ERROR,
        e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
  }
}
