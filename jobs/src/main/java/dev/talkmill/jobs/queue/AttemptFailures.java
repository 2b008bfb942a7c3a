package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.RetryDecision;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** The end of an attempt that failed: another one later, or FAILED with all that follows. */
final class AttemptFailures {

  private static final Logger log = LoggerFactory.getLogger(AttemptFailures.class);

  private static final Failure POISON =
      Failure.of(
          FailureCode.CRASHED_REPEATEDLY,
          "The worker process ended five times while it worked on this, the last three on nothing"
              + " else. Requeue it once the reason is mended.");

  private final Database database;
  private final Ledger ledger;
  private final FencedWrites writes;
  private final Claims claims;
  private final EndingLock lock;
  private final Function<Stage, StageStep> steps;
  private final RetryPolicy retries;
  private final Supplier<? extends RandomGenerator> random;
  private final TransactionRetry repeats;
  private final StageMeters meters;

  AttemptFailures(
      Database database,
      Ledger ledger,
      FencedWrites writes,
      Claims claims,
      EndingLock lock,
      Function<Stage, StageStep> steps,
      RetryPolicy retries,
      Supplier<? extends RandomGenerator> random,
      TransactionRetry repeats,
      StageMeters meters) {
    this.database = database;
    this.ledger = ledger;
    this.writes = writes;
    this.claims = claims;
    this.lock = lock;
    this.steps = steps;
    this.retries = retries;
    this.random = random;
    this.repeats = repeats;
    this.meters = meters;
  }

  /**
   * Ends a failed attempt: a retry, or FAILED.
   *
   * @return what makes the job show as failed in the dashboard
   */
  AttemptFailedException failed(Claim claim, Failure failure, RuntimeException reason) {
    LedgerRow row = claim.row();
    int attempts = row.attempts() + 1;
    String said = "%s: %s".formatted(failure.code().code(), failure.message());
    try {
      return switch (retries.decide(failure, attempts, random.get())) {
        case RetryDecision.Retry(Duration delay) -> {
          repeats.run(_ -> database.inTenant(row.tenant(), () -> retry(row, failure, delay)));
          meters.time(claim, "retry");
          log.warn("{} will be tried again in {}: {}", row.stage(), delay, said);
          yield new AttemptFailedException(
              "%s: %s. Attempt %d; the next one is due in %d s."
                  .formatted(row.stage(), said, attempts, Math.max(1, delay.toSeconds())));
        }
        case RetryDecision.GiveUp _ -> {
          repeats.run(_ -> database.inTenant(row.tenant(), () -> giveUp(row, failure)));
          meters.time(claim, "failed");
          log.warn("{} failed: {}", row.stage(), said, reason);
          yield new AttemptFailedException(
              "%s: %s. Attempt %d was the last; requeue to try again."
                  .formatted(row.stage(), said, attempts));
        }
      };
    } catch (LostClaimException e) {
      claims.abandon(claim);
      return new AttemptFailedException(said + ". Another attempt has taken over.");
    } catch (DataAccessException | TransactionException e) {
      // The lease runs out and the row is due again.
      log.error("the end of {} could not be written", row.stage(), e);
      claims.abandonAfter(e, claim);
      return new AttemptFailedException(said + ". It is tried again when its lease is over.");
    }
  }

  private boolean retry(LedgerRow row, Failure failure, Duration delay) {
    writes.retry(row, failure, delay);
    database.afterCommit(() -> meters.count(row, "retry"));
    return true;
  }

  private boolean giveUp(LedgerRow row, Failure failure) {
    LockedConversation conversation = lock.lockOrNull(row);
    writes.fail(row, failure);
    database.afterCommit(() -> meters.count(row, "failed"));
    if (conversation != null) {
      steps.apply(row.stage()).failed(conversation, row, failure);
      lock.lookAgain(row);
    }
    return true;
  }

  /**
   * Ends a row FAILED whose last crash was while it ran alone. Fenced by the epoch that was read
   * under the same lock order as any other end.
   *
   * @return false if it has moved on meanwhile
   */
  boolean condemn(UUID tenant, UUID id) {
    try {
      return database.inTenant(
          tenant,
          () -> {
            Optional<LedgerRow> row = ledger.find(id);
            row.ifPresent(lock::lockOrNull);
            return row.flatMap(claims::takeExpired)
                .map(taken -> giveUp(taken, POISON))
                .orElse(false);
          });
    } catch (LostClaimException e) {
      return false;
    }
  }
}
