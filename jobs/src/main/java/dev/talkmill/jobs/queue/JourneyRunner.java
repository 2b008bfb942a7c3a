package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.lane.Isolation;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.lane.Lanes.Permit;
import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.failure.PostponedException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Runs a job: permit, claim, work, the write that ends the row, and the next stage of the same
 * subject as long as there is one and it has a permit too.
 */
public final class JourneyRunner {

  private static final Logger log = LoggerFactory.getLogger(JourneyRunner.class);

  private final Database database;
  private final FencedWrites writes;
  private final Claims claims;
  private final ClaimRules rules;
  private final Unclaimed unclaimed;
  private final Lanes lanes;
  private final Isolation isolation;
  private final Endings endings;
  private final Dispatched dispatched;
  private final Duration roomWait;
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean draining;

  /**
   * @param roomWait how long a job waits for a permit; well below the dispatch lease
   */
  public JourneyRunner(
      Database database,
      FencedWrites writes,
      Claims claims,
      ClaimRules rules,
      Lanes lanes,
      Endings endings,
      Dispatched dispatched,
      Duration roomWait) {
    this.database = database;
    this.writes = writes;
    this.claims = claims;
    this.rules = rules;
    this.unclaimed = new Unclaimed(database, claims, writes, rules, lanes.holds());
    this.lanes = lanes;
    this.isolation = new Isolation();
    this.endings = endings;
    this.dispatched = dispatched;
    this.roomWait = roomWait;
  }

  /** From here on nothing is claimed; what runs may end. */
  public void drain() {
    draining = true;
    lanes.close();
  }

  public int running() {
    return running.get();
  }

  void run(JourneyRequest request, DashboardLog page) {
    try {
      Optional<LedgerRow> remembered = dispatched.take(request.jobId());
      if (remembered.isPresent() && runInRoom(request, remembered.get(), null, page)) {
        return;
      }
      Optional<LedgerRow> row = peek(request);
      if (row.isPresent() && runInRoom(request, row.get(), request.jobId(), page)) {
        return;
      }
      // The claim may know of a pause that this process has not heard of yet.
      if (row.isEmpty() || !unclaimed.giveBackPaused(request, page)) {
        page.line("Nothing to do: the row has ended, or another job carries it.");
      }
    } catch (InterruptedException e) {
      // Before the thread is interrupted again: the pool would hand out no connection.
      try {
        unclaimed.giveBack(request, false, page);
      } finally {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Optional<LedgerRow> peek(JourneyRequest request) {
    return claims.peek(request.tenant(), request.row(), request.jobId());
  }

  /**
   * Runs the row if there is room; without, it is given back.
   *
   * @param again the job, if it may take the row also where it has run before; null where the row
   *     is only known as it was dispatched
   * @return false if the row could not be taken
   */
  private boolean runInRoom(
      JourneyRequest request, LedgerRow row, @Nullable UUID again, DashboardLog page)
      throws InterruptedException {
    if (isPaused(row)) { // What is paused while it waits for room, the claim refuses.
      unclaimed.giveBack(request, true, page);
      return true;
    }
    Optional<Runnable> leave = isolation.enter(row.crashCount(), roomWait);
    if (leave.isEmpty()) {
      unclaimed.giveBack(request, false, page);
      return true;
    }
    try {
      Optional<Permit> permit = lanes.acquire(row.stage(), row.priority(), roomWait);
      if (permit.isEmpty() || draining) {
        permit.ifPresent(Permit::close);
        unclaimed.giveBack(request, false, page);
        return true;
      }
      Optional<Claim> claim = take(request, row, again, permit.get(), page);
      claim.ifPresent(taken -> journey(taken, permit.get(), request, page));
      return claim.isPresent();
    } finally {
      leave.get().run();
    }
  }

  /** What is remembered as paused may have been resumed since: the table has the last word. */
  private boolean isPaused(LedgerRow row) {
    return lanes.holds().hold(row.stage(), row.tenant()) && unclaimed.isPaused(row);
  }

  /** Takes the row; without a claim, also if the database fails, permit and row are given back. */
  private Optional<Claim> take(
      JourneyRequest request,
      LedgerRow row,
      @Nullable UUID again,
      Permit permit,
      DashboardLog page) {
    Optional<Claim> claim = Optional.empty();
    try {
      claim = claims.take(row, request.epoch(), again, rules);
      return claim;
    } catch (DataAccessException | TransactionException e) {
      unclaimed.giveBackAfter(e, request, page);
      throw e;
    } finally {
      if (claim.isEmpty()) {
        permit.close();
      }
    }
  }

  private void journey(Claim first, Permit firstPermit, JourneyRequest request, DashboardLog page) {
    running.incrementAndGet();
    @Nullable Claim claim = first;
    @Nullable Chunk chunk = null;
    Permit permit = firstPermit;
    try {
      while (claim != null) {
        Next next = step(claim, chunk, request, page);
        permit.close();
        claim = next.claim();
        chunk = next.chunk();
        permit = next.permit();
      }
    } finally {
      permit.close();
      running.decrementAndGet();
    }
  }

  private Next step(Claim claim, @Nullable Chunk chunk, JourneyRequest request, DashboardLog page) {
    LedgerRow row = claim.row();
    putContext(row);
    try {
      ClaimedWork work = new ClaimedWork(database, writes, claim, chunk, page);
      page.line("%s, attempt %d".formatted(row.stage(), row.attempts() + 1));
      Next next = endings.succeed(claim, request, endings.step(row.stage()).run(work));
      log.debug("{} ended", row.stage());
      return next;
    } catch (LostClaimException e) {
      log.info("stopped: {}", e.getMessage());
      page.line("Stopped: another attempt has taken over, or will.");
      // It may be ours still and merely not renewed in time: that is no crash of its process.
      endings.handBack(claim, Duration.ZERO);
      return Next.none();
    } catch (PostponedException e) {
      page.line("Not tried: " + e.getMessage());
      endings.handBack(claim, e.waitFor());
      return Next.none();
    } catch (FailureException e) {
      if (Thread.currentThread().isInterrupted()) {
        // Whatever it says, it is what the interruption has broken off.
        endings.handBack(claim, Duration.ZERO);
        return Next.none();
      }
      throw endings.failed(claim, e.failure(), e);
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted() || draining) {
        endings.handBack(claim, Duration.ZERO);
        return Next.none();
      }
      throw endings.failed(claim, Endings.unexpected(e), e);
    } finally {
      claims.release(claim);
      MDC.clear();
    }
  }

  private static void putContext(LedgerRow row) {
    MDC.put("conversation", row.conversation().toString());
    MDC.put("subject", row.subject().toString());
    MDC.put("stage", row.stage().name());
    MDC.put("attempt", String.valueOf(row.attempts() + 1));
    MDC.put("epoch", String.valueOf(row.epoch()));
  }

  /**
   * The successor that this job goes on with, and the permit taken for it; both or none.
   *
   * @param chunk as the stage before left it, where it is known
   */
  record Next(@Nullable Claim claim, Permit permit, @Nullable Chunk chunk) {
    static Next none() {
      return new Next(null, () -> {}, null);
    }
  }
}
