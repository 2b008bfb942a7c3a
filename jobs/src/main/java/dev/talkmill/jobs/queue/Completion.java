package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.lane.Lanes.Permit;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.JourneyRunner.Next;
import dev.talkmill.jobs.stage.StageStep.Alone;
import dev.talkmill.jobs.stage.StageStep.Ended;
import dev.talkmill.jobs.stage.StageStep.Ending;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** The end of an attempt that succeeded: result, status, fan-in and next stage at once. */
final class Completion {

  private final Database database;
  private final Ledger ledger;
  private final FencedWrites writes;
  private final Claims claims;
  private final EndingLock lock;
  private final Lanes lanes;
  private final TransactionRetry repeats;
  private final StageMeters meters;

  Completion(
      Database database,
      Ledger ledger,
      FencedWrites writes,
      Claims claims,
      EndingLock lock,
      Lanes lanes,
      TransactionRetry repeats,
      StageMeters meters) {
    this.database = database;
    this.ledger = ledger;
    this.writes = writes;
    this.claims = claims;
    this.lock = lock;
    this.lanes = lanes;
    this.repeats = repeats;
    this.meters = meters;
  }

  /**
   * Ends a row with what its step found, and claims the next stage if there is room for it. Nothing
   * here touches anything outside of the database, so a claim that was not renewed in time may try
   * all the same: the write is fenced.
   */
  Next succeed(Claim claim, JourneyRequest request, Ending ending) {
    try {
      Next next = repeats.run(repeated -> tryToEnd(claim, request, ending, repeated));
      meters.time(claim, "done");
      return next;
    } catch (RuntimeException e) {
      drop(ending, e);
      throw e;
    }
  }

  private Next tryToEnd(Claim claim, JourneyRequest request, Ending ending, boolean repeated) {
    Permits permits = new Permits();
    try {
      long askedAt = claims.now();
      LedgerRow row = claim.row();
      return database
          .inTenant(row.tenant(), () -> end(row, request, ending, permits, repeated))
          .map(next -> new Next(claims.keep(next.row(), askedAt), permits.handOver(), next.chunk()))
          .orElseGet(Next::none);
    } finally {
      permits.close();
    }
  }

  /** What the job goes on with. */
  private record Successor(LedgerRow row, @Nullable Chunk chunk) {}

  private Optional<Successor> end(
      LedgerRow row, JourneyRequest request, Ending ending, Permits permits, boolean repeated) {
    if (ending instanceof Alone alone && !repeated) {
      lock.share(row);
      complete(row, alone.ended());
      alone.write().run();
      return goOn(row, alone.ended(), request, permits);
    }
    LockedConversation conversation = lock.lockOrNull(row);
    if (repeated && wasCommitted(row, request)) {
      return Optional.empty();
    }
    Ended ended = conversation == null ? dropped(ending) : ending.apply(conversation);
    complete(row, ended);
    return goOn(row, ended, request, permits);
  }

  /** What stays true of an end that could not be written. */
  private static void drop(Ending ending, RuntimeException reason) {
    // The pool hands out no connection to an interrupted thread.
    boolean interrupted = Thread.interrupted();
    try {
      ending.dropped();
    } catch (DataAccessException | TransactionException e) {
      reason.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Ended dropped(Ending ending) {
    ending.dropped();
    return Ended.with("superseded");
  }

  private void complete(LedgerRow row, Ended ended) {
    writes.complete(row, ended.outcome(), ended.provider());
    database.afterCommit(() -> meters.count(row, ended.outcome()));
  }

  private Optional<Successor> goOn(
      LedgerRow row, Ended ended, JourneyRequest request, Permits permits) {
    if (ended.next().isPresent()) {
      return successor(ended.next().get(), request, permits)
          .map(claimed -> new Successor(claimed, ended.chunk()));
    }
    lock.lookAgain(row);
    return Optional.empty();
  }

  /**
   * Whether an earlier try landed although its commit was never answered. What it claimed for this
   * job goes back to the relay, and the wake-up that was lost with the answer is sent.
   */
  private boolean wasCommitted(LedgerRow row, JourneyRequest request) {
    Optional<String> outcome = writes.completedWith(row);
    outcome.ifPresent(was -> {
      writes.handBackSuccessor(row, request.jobId());
      database.afterCommit(() -> meters.count(row, was));
    });
    return outcome.isPresent();
  }

  private Optional<LedgerRow> successor(NewRow next, JourneyRequest request, Permits permits) {
    Optional<Permit> permit = lanes.tryAcquire(next.stage(), next.priority(), database.tenant());
    Optional<LedgerRow> claimed = Optional.empty();
    if (permit.isPresent()) {
      permits.keep(permit.get());
      claimed = claims.insertClaimed(next, request.jobId());
    }
    if (claimed.isEmpty()) {
      // Without a permit, or paused; or an earlier generation's row is open, which is raised or
      // looks again.
      ledger.schedule(next);
    }
    return claimed;
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
