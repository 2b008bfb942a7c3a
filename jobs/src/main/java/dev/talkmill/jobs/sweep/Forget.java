package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;

/** Retention: deletes one bounded batch of what has been kept long enough. */
public final class Forget implements Sweep {

  private static final String EVENTS =
      """
      DELETE FROM processing_event WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM (
          SELECT tenant_id, id, created_at FROM processing_event ORDER BY id LIMIT 5000) oldest
        WHERE created_at < clock_timestamp() - make_interval(secs => :age))
      """;

  // now() and not clock_timestamp(): a volatile function cannot bound a scan of an index, and every
  // round would read all that is kept.
  private static final String ROWS =
      """
      DELETE FROM processing_status WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM processing_status
        WHERE state IN ('COMPLETED', 'CANCELLED')
          AND finished_at < now() - make_interval(secs => :age)
        ORDER BY finished_at LIMIT 5000)
      """;

  private static final String KEYS =
      """
      DELETE FROM idempotency_key WHERE (tenant_id, conversation_id, key) IN (
        SELECT tenant_id, conversation_id, key FROM idempotency_key
        WHERE created_at < now() - make_interval(secs => :age)
        ORDER BY created_at LIMIT 5000)
      """;

  /** Failed jobs whose row has moved on to another job, or is gone: the ledger keeps the reason. */
  private static final String JOBS =
      """
      DELETE FROM jobrunr.jobrunr_jobs WHERE id IN (
        SELECT j.id FROM jobrunr.jobrunr_jobs j
        WHERE j.state = 'FAILED' AND j.updatedat < now() - make_interval(secs => :age)
          AND NOT EXISTS (SELECT FROM processing_status p
                          WHERE p.job_id = CAST(j.id AS uuid) AND p.state IN ('FAILED', 'PENDING'))
        ORDER BY j.updatedat LIMIT 500)
      """;

  /** A call whose process died; the row's next attempt makes a call of its own. */
  private static final String CALLS =
      """
      UPDATE provider_call SET state = 'ABANDONED', finished_at = clock_timestamp()
      WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM provider_call
        WHERE state = 'STARTED' AND deadline < clock_timestamp() - make_interval(secs => :age)
        ORDER BY deadline LIMIT 500)
      """;

  private final Database database;
  private final SweepLock lock;
  private final String name;
  private final String statement;
  private final Duration age;
  private final boolean heals;

  private Forget(Database database, String name, String statement, Duration age, boolean heals) {
    this.database = database;
    this.lock = new SweepLock(database);
    this.name = name;
    this.statement = statement;
    this.age = age;
    this.heals = heals;
  }

  public static Forget events(Database database, Duration age) {
    return new Forget(database, "old_events", EVENTS, age, false);
  }

  public static Forget rows(Database database, Duration age) {
    return new Forget(database, "old_rows", ROWS, age, false);
  }

  public static Forget idempotencyKeys(Database database) {
    return new Forget(database, "old_idempotency_keys", KEYS, Duration.ofHours(24), false);
  }

  public static Forget failedJobs(Database database) {
    return new Forget(database, "old_failed_jobs", JOBS, Duration.ofMinutes(1), false);
  }

  public static Forget providerCalls(Database database) {
    return new Forget(database, "provider_calls_overdue", CALLS, Duration.ofMinutes(1), true);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean heals() {
    return heals;
  }

  @Override
  public int runOnce() {
    return lock.alone(
        name, () -> database.sql().sql(statement).param("age", (double) age.toSeconds()).update());
  }
}
