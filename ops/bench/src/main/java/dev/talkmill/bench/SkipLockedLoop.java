package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What a good engineer writes by hand: one thread that claims due rows in batches with {@code FOR
 * UPDATE SKIP LOCKED} as places come free, and sixteen that do the work of {@link HandWork}, where
 * the statements are listed. A claim is one statement and one commit for up to 64 rows; every stage
 * of every row is a durable transaction of its own.
 *
 * <p>Against Talkmill it saves leases and their renewal, fencing by epoch, the dispatch of rows
 * (QUEUED) and its events, JobRunr's tables and so the dashboard, fair shares of tenants and
 * classes, limits of stages, retries, crash counts, roles and row-level security. It wakes its own
 * process alone, and polls for the rest.
 */
final class SkipLockedLoop extends HandEngine {

  private static final int PLACES = 4 * THREADS;

  /** Places that must be free before it asks again, so that claims come in batches. */
  private static final int ASK_AT = PLACES / 4;

  private static final Duration POLL = Duration.ofMillis(100);

  private final ExecutorService workers = Executors.newFixedThreadPool(THREADS);
  private final Semaphore places = new Semaphore(PLACES);
  private final Semaphore wake = new Semaphore(0);
  private final Thread claimer = Thread.ofPlatform().name("skip-locked").unstarted(this::claim);
  private volatile boolean closed;

  private SkipLockedLoop(Address address, Path directory) throws SQLException {
    super(address, directory);
  }

  static JourneyEngine open(Address address, Path directory) throws SQLException {
    SkipLockedLoop engine = new SkipLockedLoop(address, directory);
    engine.claimer.start();
    return engine;
  }

  @Override
  public void insideTransaction(Connection connection, HandRow row) {}

  @Override
  public void afterCommit(HandRow row) {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  private void claim() {
    summaries()
        .guard(() -> {
          while (!closed) {
            // Before the look: a row that comes during it leads to another.
            wake.drainPermits();
            places.acquire(ASK_AT);
            int room = ASK_AT + places.drainPermits();
            List<HandRow> due = work().claimDue(room);
            places.release(room - due.size());
            due.forEach(this::submit);
            if (due.size() < room) {
              boolean _ = wake.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
            }
          }
        });
  }

  private void submit(HandRow row) {
    workers.execute(() -> {
      try {
        summaries().guard(() -> work().journey(row));
      } finally {
        places.release();
      }
    });
  }

  @Override
  public void close() {
    closed = true;
    try {
      claimer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.close();
    super.close();
  }
}
