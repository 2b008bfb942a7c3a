package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Deletes failed jobs whose row has moved on to another job, or is gone: the ledger keeps the
 * reason. Those whose row waits for an operator stay, and may be many; so a round looks at one page
 * of them and the next goes on behind it.
 */
public final class ForgetFailedJobs implements Sweep {

  private static final int LOOKED_AT = 1_000;
  private static final Duration AGE = Duration.ofMinutes(1);
  private static final String NAME = "old_failed_jobs";
  private static final String START = "-infinity/";

  /**
   * The state is asked again, because a job may have been requeued since it was looked for. OFFSET
   * 0 keeps the look for its row a probe of the index.
   */
  private static final String DELETE =
      """
      WITH looked AS MATERIALIZED (
        SELECT ctid AS place, id, updatedat FROM jobrunr.jobrunr_jobs
        WHERE state = 'FAILED' AND updatedat < now() - make_interval(secs => :age)
          AND (updatedat, id) > (CAST(:updated AS timestamp), CAST(:id AS char(36)))
        ORDER BY updatedat, id LIMIT :most),
      deleted AS (
        DELETE FROM jobrunr.jobrunr_jobs
        WHERE state || '' = 'FAILED' AND ctid = ANY (ARRAY(
          SELECT l.place FROM looked l
          WHERE NOT EXISTS (
            SELECT FROM processing_status p
            WHERE p.job_id = CAST(l.id AS uuid) AND p.state IN ('FAILED', 'PENDING') OFFSET 0)))
        RETURNING id)
      SELECT (SELECT count(*) FROM deleted) AS deleted,
             (SELECT updatedat || '/' || id FROM looked
              ORDER BY updatedat, id OFFSET :most - 1 LIMIT 1) AS next
      """;

  private final Database database;
  private final SweepLock lock;
  private final Cursor cursor;

  public ForgetFailedJobs(Database database) {
    this.database = database;
    this.lock = new SweepLock(database);
    this.cursor = new Cursor(database, NAME);
  }

  private record Page(int deleted, @Nullable String next) {}

  @Override
  public String name() {
    return NAME;
  }

  /** Rows are requeued and erased every day. */
  @Override
  public boolean heals() {
    return false;
  }

  @Override
  public int runOnce() {
    return lock.alone(NAME, this::page);
  }

  private int page() {
    @Nullable String from = cursor.read();
    Page page = delete(from == null ? START : from);
    cursor.advance(from, page.next());
    return page.deleted();
  }

  private Page delete(String from) {
    String[] place = from.split("/", 2);
    return database
        .sql()
        .sql(DELETE)
        .param("age", (double) AGE.toSeconds())
        .param("updated", place[0])
        .param("id", place[1])
        .param("most", LOOKED_AT)
        .query((row, number) -> new Page(row.getInt("deleted"), row.getString("next")))
        .single();
  }
}
