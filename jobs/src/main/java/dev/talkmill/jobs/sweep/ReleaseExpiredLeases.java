package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.lane.Isolation;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;

/**
 * The one healing rule: a row whose lease is over is PENDING. It covers a dead worker, a lost or
 * deleted job and a job that never started. The epoch goes up, so that a holder that wakes later
 * lands nothing. A row that was alone at a crash waits for a few leases: if it was chance, the next
 * time differs, and if it was not, others get through meanwhile.
 */
public final class ReleaseExpiredLeases implements Sweep {

  private static final int BATCH = 500;

  /**
   * Now() bounds the scan of the index; a volatile function would be asked for every lease. What is
   * locked is left alone, so that the order is free to be the index's.
   */
  private static final String RELEASE =
      """
      WITH over AS (
        SELECT tenant_id, id FROM processing_status
        WHERE state IN ('QUEUED', 'PROCESSING') AND lease_until < now()
          AND NOT (state = 'PROCESSING' AND crash_count >= :condemned)
        ORDER BY lease_until LIMIT :batch
        FOR UPDATE SKIP LOCKED)
      UPDATE processing_status p
      SET state = 'PENDING', epoch = epoch + 1, lease_until = NULL, progress = NULL,
          next_attempt_at = clock_timestamp() + make_interval(secs =>
            CASE WHEN p.state = 'PROCESSING' AND p.crash_count > :alone
                 THEN :lease * 2 ^ (p.crash_count - :alone) ELSE 0 END),
          updated_at = clock_timestamp()
      FROM over WHERE p.tenant_id = over.tenant_id AND p.id = over.id
      """;

  private static final String END_ALL =
      """
      UPDATE processing_status SET lease_until = clock_timestamp()
      WHERE state IN ('QUEUED', 'PROCESSING')
      """;

  private final Database database;
  private final SweepLock lock;
  private final Duration lease;
  private final DueSignal signal;

  public ReleaseExpiredLeases(Database database, Duration lease, DueSignal signal) {
    this.database = database;
    this.lease = lease;
    this.lock = new SweepLock(database);
    this.signal = signal;
  }

  /**
   * Ends every lease, for a process that knows itself to be the only one on its database: whoever
   * held one is dead, and its rows need not wait. Called before anything is started.
   */
  public static void endAll(Database database) {
    database.inSystem(() -> database.sql().sql(END_ALL).update());
  }

  @Override
  public String name() {
    return "leases_over";
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    int released =
        lock.aloneWhileFull(
            name(),
            BATCH,
            () ->
                database
                    .sql()
                    .sql(RELEASE)
                    .param("alone", Isolation.CRASHES_BEFORE_ALONE)
                    .param("condemned", Isolation.CRASHES_MAX)
                    .param("batch", BATCH)
                    .param("lease", lease.toMillis() / 1000.0)
                    .update());
    if (released > 0) {
      signal.rowsDue();
    }
    return released;
  }
}
