package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.lane.Lanes.Permit;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.TransientErrors;
import dev.talkmill.jobs.queue.JourneyRunner.Next;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.stage.StageStep.Ended;
import dev.talkmill.jobs.stage.StageStep.Ending;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.RetryDecision;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.Stage.Subject;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
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

  private static final Failure POISON =
      Failure.of(
          FailureCode.CRASHED_REPEATEDLY,
          "The worker process ended five times while it worked on this, the last three on nothing"
              + " else. Requeue it once the reason is mended.");

  private final Database database;
  private final Ledger ledger;
  private final Claims claims;
  private final Conversations conversations;
  private final Lanes lanes;
  private final Map<Stage, StageStep> steps = new EnumMap<>(Stage.class);
  private final RetryPolicy retries;
  private final Supplier<? extends RandomGenerator> random;
  private final StageMeters meters;
  private final TransactionRetry repeats;

  public Endings(
      Database database,
      Ledger ledger,
      Claims claims,
      Conversations conversations,
      Lanes lanes,
      List<StageStep> steps,
      RetryPolicy retries,
      Supplier<? extends RandomGenerator> random,
      MeterRegistry meters) {
    this.database = database;
    this.ledger = ledger;
    this.claims = claims;
    this.conversations = conversations;
    this.lanes = lanes;
    this.retries = retries;
    this.random = random;
    this.meters = new StageMeters(meters);
    this.repeats = new TransactionRetry(TransactionRetry.PAUSES, random);
    steps.forEach(step -> this.steps.put(step.stage(), step));
  }

  StageStep step(Stage stage) {
    StageStep step = steps.get(stage);
    if (step == null) {
      throw new IllegalStateException("no step does " + stage + " in this process");
    }
    return step;
  }

  /**
   * Ends a row with what its step found, and claims the next stage if there is room for it. Nothing
   * here touches anything outside of the database, so a claim that was not renewed in time may try
   * all the same: the write is fenced.
   */
  Next succeed(Claim claim, JourneyRequest request, Ending ending) {
    Next next = repeats.run(repeated -> tryToEnd(claim, request, ending, repeated));
    meters.time(claim, "done");
    return next;
  }

  private Next tryToEnd(Claim claim, JourneyRequest request, Ending ending, boolean repeated) {
    Permits permits = new Permits();
    try {
      long askedAt = claims.now();
      LedgerRow row = claim.row();
      return database
          .inTenant(row.tenant(), () -> end(row, request, ending, permits, repeated))
          .map(next -> new Next(claims.keep(next, askedAt), permits.handOver()))
          .orElseGet(Next::none);
    } finally {
      permits.close();
    }
  }

  private Optional<LedgerRow> end(
      LedgerRow row, JourneyRequest request, Ending ending, Permits permits, boolean repeated) {
    LockedConversation conversation = lockOrNull(row);
    if (repeated && wasCommitted(row, request)) {
      return Optional.empty();
    }
    Ended ended = conversation == null ? Ended.with("superseded") : ending.apply(conversation);
    ledger.complete(row, ended.outcome(), ended.provider());
    database.afterCommit(() -> meters.count(row, ended.outcome()));
    if (ended.next().isPresent()) {
      return successor(ended.next().get(), request, permits);
    }
    lookAgain(row);
    return Optional.empty();
  }

  /**
   * Whether an earlier try landed although its commit was never answered. What it claimed for this
   * job goes back to the relay, and the wake-up that was lost with the answer is sent.
   */
  private boolean wasCommitted(LedgerRow row, JourneyRequest request) {
    Optional<String> outcome = ledger.completedWith(row);
    outcome.ifPresent(was -> {
      ledger.handBackSuccessor(row, request.jobId());
      database.afterCommit(() -> meters.count(row, was));
    });
    return outcome.isPresent();
  }

  /** A tombstone has no conversation, or may have outlived it. */
  private @Nullable LockedConversation lockOrNull(LedgerRow row) {
    Optional<LockedConversation> locked = conversations.lock(row.conversation());
    if (locked.isPresent()) {
      return locked.get();
    }
    return row.stage().subject() == Subject.TOMBSTONE
        ? LockedConversation.gone(row.conversation(), row.project())
        : null;
  }

  private Optional<LedgerRow> successor(NewRow next, JourneyRequest request, Permits permits) {
    Optional<Permit> permit = lanes.tryAcquire(next.stage());
    Optional<LedgerRow> claimed = Optional.empty();
    if (permit.isPresent()) {
      permits.keep(permit.get());
      claimed = ledger.insertClaimed(next, request.jobId());
    }
    if (claimed.isEmpty()) {
      // Without a permit; or an earlier generation's row is open, which is raised or looks again.
      ledger.schedule(next);
    }
    return claimed;
  }

  /** Whoever ends a row looks whether something is behind now, under the lock it already holds. */
  private void lookAgain(LedgerRow row) {
    if (row.stage().subject() != Subject.TOMBSTONE) {
      conversations.lock(row.conversation()).ifPresent(conversations::scheduleIfBehind);
    }
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
      abandonIfTransient(claim, e);
      return new AttemptFailedException(said + ". It is tried again when its lease is over.");
    }
  }

  private boolean retry(LedgerRow row, Failure failure, Duration delay) {
    ledger.retry(row, failure, delay);
    database.afterCommit(() -> meters.count(row, "retry"));
    return true;
  }

  private boolean giveUp(LedgerRow row, Failure failure) {
    LockedConversation conversation = lockOrNull(row);
    ledger.fail(row, failure);
    database.afterCommit(() -> meters.count(row, "failed"));
    if (conversation != null) {
      step(row.stage()).failed(conversation, row, failure);
      lookAgain(row);
    }
    return true;
  }

  /**
   * Ends a row FAILED whose last crash was while it ran alone. Fenced by the epoch that was read
   * under the same lock order as any other end.
   *
   * @return false if it has moved on meanwhile
   */
  public boolean condemn(UUID tenant, UUID id) {
    try {
      return database.inTenant(
          tenant,
          () -> {
            Optional<LedgerRow> row = ledger.find(id);
            row.ifPresent(this::lockOrNull);
            return row.flatMap(ledger::takeExpired)
                .map(taken -> giveUp(taken, POISON))
                .orElse(false);
          });
    } catch (LostClaimException e) {
      return false;
    }
  }

  /** Gives a row back untried: at a graceful stop, or while its provider is down. */
  void handBack(Claim claim, Duration wait) {
    LedgerRow row = claim.row();
    Thread.interrupted(); // The pool must still hand out a connection for this one write.
    try {
      database.inTenant(
          row.tenant(),
          () -> {
            ledger.handBack(row, wait);
            return true;
          });
      log.info("{} handed back", row.stage());
    } catch (LostClaimException e) {
      claims.abandon(claim);
      log.info("{} is another attempt's by now", row.stage());
    } catch (DataAccessException | TransactionException e) {
      abandonIfTransient(claim, e);
      log.info("{} could not be handed back; its lease will run out", row.stage());
    }
  }

  /** What the database refuses it will refuse again, and only the count of crashes ends that. */
  private void abandonIfTransient(Claim claim, RuntimeException error) {
    if (TransientErrors.is(error)) {
      claims.abandon(claim);
    }
  }

  Failure unexpected(RuntimeException e) {
    return Failure.of(
        FailureCode.INTERNAL_ERROR,
        e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
  }

  /** A permit taken inside a transaction: kept if it commits, given back if not. */
  private static final class Permits {
    private @Nullable Permit permit;

    void keep(Permit taken) {
      permit = taken;
    }

    Permit handOver() {
      Permit taken = permit;
      permit = null;
      return taken == null ? () -> {} : taken;
    }

    void close() {
      if (permit != null) {
        permit.close();
      }
    }
  }
}
