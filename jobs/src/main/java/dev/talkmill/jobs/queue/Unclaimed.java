package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.State;
import java.time.Duration;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Rows whose job has come and that are not claimed: there is no room, or they are paused. */
final class Unclaimed {

  /** A row that found no room goes back for this long; the relay would have waited otherwise. */
  private static final Duration NO_ROOM = Duration.ofSeconds(1);

  private final Database database;
  private final Claims claims;
  private final FencedWrites writes;
  private final ClaimRules rules;
  private final Holds holds;

  Unclaimed(Database database, Claims claims, FencedWrites writes, ClaimRules rules, Holds holds) {
    this.database = database;
    this.claims = claims;
    this.writes = writes;
    this.rules = rules;
    this.holds = holds;
  }

  /**
   * Gives a job's row back, as it stands by now.
   *
   * @param paused whether that is why, and not for want of room
   */
  void giveBack(JourneyRequest request, boolean paused) {
    claims
        .peek(request.tenant(), request.row(), request.jobId())
        .ifPresent(row -> giveBack(request, row, paused || holds.hold(row.stage(), row.tenant())));
  }

  private void giveBack(JourneyRequest request, LedgerRow row, boolean paused) {
    String why = row.stage() + (paused ? " is paused" : " found no room to run now");
    if (row.state() == State.FAILED) {
      // Nothing but this requeued job would bring it back.
      boolean due = database.inTenant(row.tenant(), () -> rules.requeue(row));
      throw new AttemptFailedException(
          due
              ? "%s; it is due again and runs when %s."
                  .formatted(why, paused ? "it is resumed" : "there is room")
              : "%s has moved on and is not run again.".formatted(row.stage()));
    }
    if (row.state() == State.PENDING) {
      // The job would show as succeeded and nothing has been done.
      throw new AttemptFailedException(
          "%s; it runs when it is %s.".formatted(why, paused ? "resumed" : "due"));
    }
    if (row.epoch() == request.epoch()) {
      database.inTenant(row.tenant(), () -> giveBackQueued(row, paused));
    }
  }

  private boolean giveBackQueued(LedgerRow row, boolean paused) {
    if (paused) {
      String provider = holds.providerAlone(row.stage(), row.tenant()).orElse(null);
      writes.returnPaused(row, provider, NO_ROOM);
    } else {
      writes.returnQueued(row, NO_ROOM);
    }
    return true;
  }

  /** A row left QUEUED would take a place in the relay's window until its lease is over. */
  void giveBackAfter(RuntimeException reason, JourneyRequest request) {
    try {
      giveBack(request, false);
    } catch (DataAccessException | TransactionException e) {
      reason.addSuppressed(e);
    }
  }
}
