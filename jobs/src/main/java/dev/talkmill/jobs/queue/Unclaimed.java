package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.pause.Pause;
import dev.talkmill.jobs.pause.PauseReads;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Rows whose job has come and that are not claimed: there is no room, or they are paused. Each is
 * read as it stands by now, for a row that is known from its dispatch may have moved on.
 */
final class Unclaimed {

  /** A row that found no room goes back for this long; the relay would have waited otherwise. */
  private static final Duration NO_ROOM = Duration.ofSeconds(1);

  private final Database database;
  private final Claims claims;
  private final FencedWrites writes;
  private final ClaimRules rules;
  private final Holds holds;
  private final PauseReads pauses;

  Unclaimed(Database database, Claims claims, FencedWrites writes, ClaimRules rules, Holds holds) {
    this.database = database;
    this.claims = claims;
    this.writes = writes;
    this.rules = rules;
    this.holds = holds;
    this.pauses = new PauseReads(database);
  }

  boolean isPaused(LedgerRow row) {
    return pause(row).isPresent();
  }

  /**
   * Gives a job's row back.
   *
   * @param held whether it was met as paused; if it has been resumed since, it waits no longer
   */
  void giveBack(JourneyRequest request, boolean held, DashboardLog page) {
    peek(request)
        .ifPresent(row -> {
          Optional<Pause> pause = pause(row);
          giveBack(request, row, held || pause.isPresent(), why(row.stage(), held, pause), page);
        });
  }

  /** Gives back what could not be claimed because it is paused, and says whether it is. */
  boolean giveBackPaused(JourneyRequest request, DashboardLog page) {
    Optional<LedgerRow> row = peek(request);
    Optional<Pause> pause = row.flatMap(this::pause);
    if (row.isEmpty() || pause.isEmpty()) {
      return false;
    }
    return giveBack(request, row.get(), true, why(row.get().stage(), true, pause), page);
  }

  /** A row left QUEUED would take a place in the relay's window until its lease is over. */
  void giveBackAfter(RuntimeException reason, JourneyRequest request, DashboardLog page) {
    try {
      giveBack(request, false, page);
    } catch (DataAccessException | TransactionException e) {
      reason.addSuppressed(e);
    }
  }

  private Optional<LedgerRow> peek(JourneyRequest request) {
    return claims.peek(request.tenant(), request.row(), request.jobId());
  }

  private Optional<Pause> pause(LedgerRow row) {
    return pauses.holding(row.tenant(), row.stage(), provider(row));
  }

  private @Nullable String provider(LedgerRow row) {
    return holds.providers().get(row.stage());
  }

  private static String why(Stage stage, boolean held, Optional<Pause> pause) {
    return pause
        .map(by ->
            "%s is paused (%s %s: %s)".formatted(stage, by.kind().code(), by.name(), by.reason()))
        .orElse(stage + (held ? " was paused until now" : " found no room to run now"));
  }

  private boolean giveBack(
      JourneyRequest request, LedgerRow row, boolean paused, String why, DashboardLog page) {
    String until = paused ? "when it is resumed" : "when there is room";
    if (row.state() == State.FAILED) {
      // Nothing but this requeued job would bring it back.
      boolean due = database.inTenant(row.tenant(), () -> rules.requeue(row));
      throw new AttemptFailedException(
          due
              ? "%s; it is due again and runs %s.".formatted(why, until)
              : "%s has moved on and is not run again.".formatted(row.stage()));
    }
    if (row.state() == State.PENDING) {
      // The job would show as succeeded and nothing has been done.
      throw new AttemptFailedException(
          "%s; it runs %s.".formatted(why, paused ? until : "when it is due"));
    }
    if (row.epoch() != request.epoch()) {
      return false;
    }
    database.inTenant(row.tenant(), () -> giveBackQueued(row, paused));
    page.line("Not run: %s. Another job runs it %s.".formatted(why, until));
    return true;
  }

  private boolean giveBackQueued(LedgerRow row, boolean paused) {
    if (paused) {
      writes.returnPaused(row, provider(row), NO_ROOM);
    } else {
      writes.returnQueued(row, NO_ROOM);
    }
    return true;
  }
}
