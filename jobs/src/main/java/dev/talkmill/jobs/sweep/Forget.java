package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;

/**
 * Retention: deletes what has been kept long enough, oldest first, in bounded batches. What is not
 * old enough is not read.
 *
 * <p>Now() and not clock_timestamp(): a volatile function cannot bound a scan of an index, and
 * every round would read all that is kept. Rows go by their place in the table (ctid), for a join
 * of a batch with its table may be planned to read all of it; the condition is repeated, because a
 * row may have changed since it was looked for.
 */
public final class Forget implements Sweep {

  private static final int BATCH = 5_000;

  private static final String EVENTS =
      """
      DELETE FROM processing_event WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM processing_event
        WHERE created_at < now() - make_interval(secs => :age)
        ORDER BY created_at LIMIT :batch))
      """;

  /** What has ended so never changes again. */
  private static final String ROWS =
      """
      DELETE FROM processing_status WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM processing_status
        WHERE state IN ('COMPLETED', 'CANCELLED')
          AND finished_at < now() - make_interval(secs => :age)
        ORDER BY finished_at LIMIT :batch))
      """;

  /** A key that is used again when it is old is new. */
  private static final String KEYS =
      """
      DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency_key
        WHERE created_at < now() - make_interval(secs => :age)
        ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED))
      """;

  /** A call whose process died; the row's next attempt makes a call of its own. */
  private static final String CALLS =
      """
      UPDATE provider_call SET state = 'ABANDONED', finished_at = clock_timestamp()
      WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM provider_call
        WHERE state = 'STARTED' AND deadline < now() - make_interval(secs => :age)
        ORDER BY deadline LIMIT :batch FOR UPDATE SKIP LOCKED))
      """;

  /**
   * JobRunr would write each job anew as DELETED and keep it for another day. Its dashboard counts
   * all that ever succeeded, so what goes is added to that count.
   */
  private static final String SUCCEEDED_JOBS =
      """
      WITH old AS MATERIALIZED (
        SELECT ctid AS place FROM jobrunr.jobrunr_jobs
        WHERE state = 'SUCCEEDED' AND updatedat < now() - make_interval(secs => :age)
        ORDER BY updatedat LIMIT :batch),
      counted AS (
        UPDATE jobrunr.jobrunr_metadata
        SET value = CAST(CAST(trim(value) AS bigint) + (SELECT count(*) FROM old) AS text)
        WHERE id = 'succeeded-jobs-counter-cluster')
      DELETE FROM jobrunr.jobrunr_jobs
      WHERE state || '' = 'SUCCEEDED' AND ctid = ANY (ARRAY(SELECT place FROM old))
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

  public static Forget succeededJobs(Database database) {
    return new Forget(database, "old_succeeded_jobs", SUCCEEDED_JOBS, Duration.ofHours(1), false);
  }

  public static Forget idempotencyKeys(Database database) {
    return new Forget(database, "old_idempotency_keys", KEYS, Duration.ofHours(24), false);
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
    return lock.aloneWhileFull(
        name,
        BATCH,
        () ->
            database
                .sql()
                .sql(statement)
                .param("age", (double) age.toSeconds())
                .param("batch", BATCH)
                .update());
  }
}
