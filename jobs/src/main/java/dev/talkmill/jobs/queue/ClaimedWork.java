package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.StageStep.Work;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** A claimed row as its step sees it; progress is written at most once a second. */
final class ClaimedWork implements Work {

  private static final Logger log = LoggerFactory.getLogger(ClaimedWork.class);
  private static final long PROGRESS_NANOS = Duration.ofSeconds(1).toNanos();

  private final Database database;
  private final FencedWrites writes;
  private final Claim claim;
  private final @Nullable Chunk chunk;
  private final DashboardLog page;
  private long shownAt = System.nanoTime();

  ClaimedWork(
      Database database,
      FencedWrites writes,
      Claim claim,
      @Nullable Chunk chunk,
      DashboardLog page) {
    this.database = database;
    this.writes = writes;
    this.claim = claim;
    this.chunk = chunk;
    this.page = page;
  }

  @Override
  public Optional<Chunk> chunk() {
    return Optional.ofNullable(chunk);
  }

  @Override
  public LedgerRow row() {
    return claim.row();
  }

  @Override
  public void ensureHeld() {
    claim.ensureHeld();
  }

  @Override
  public synchronized void progress(double share) {
    page.progress(share);
    long now = System.nanoTime();
    if (now - shownAt < PROGRESS_NANOS) {
      return;
    }
    shownAt = now;
    try {
      database.inTenant(
          row().tenant(),
          () -> {
            writes.progress(row(), share);
            return true;
          });
    } catch (DataAccessException | TransactionException e) {
      // Progress is for show: the work goes on without it.
      log.debug("progress was not written", e);
    }
  }

  @Override
  public void log(String line) {
    page.line(line);
  }
}
