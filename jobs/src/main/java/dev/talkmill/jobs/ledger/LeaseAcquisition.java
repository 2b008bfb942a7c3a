package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * The statements that make somebody the holder of a row, or end that somebody was. Each is one
 * statement that either meets the row as it was expected or leaves it alone; each raises the epoch.
 */
final class LeaseAcquisition {

  /** A job carries its subject through several stages; the newest row is the one it ended with. */
  private static final String FIND_BY_JOB =
      """
      WITH carried AS MATERIALIZED (
        SELECT * FROM processing_status
        WHERE tenant_id = :tenant AND job_id = :job AND state IN ('PENDING', 'FAILED'))
      SELECT %s FROM carried ORDER BY id DESC LIMIT 1
      """
          .formatted(LedgerRow.COLUMNS);

  /**
   * Asked in the statement that takes a row, and not only of what this process remembers: so no
   * attempt begins once a pause is committed, however late a process hears of it.
   */
  private static final String NOT_PAUSED =
      """
      NOT EXISTS (SELECT FROM pause
                  WHERE (kind, name) IN (('tenant', CAST(:tenant AS text)),
                                         ('stage', CAST(:stage AS text)),
                                         ('provider', CAST(:provider AS text))))
      """;

  private static final String TAKE =
      """
      UPDATE processing_status p
      SET state = 'PROCESSING', epoch = epoch + 1,
          attempts = CASE WHEN state = 'FAILED' THEN 0 ELSE attempts END,
          crash_count = CASE WHEN state = 'FAILED' THEN 1 ELSE crash_count + 1 END,
          outcome = NULL, cause = NULL, error_code = NULL, error_message = NULL, progress = NULL,
          finished_at = NULL, duration_ms = NULL,
          lease_until = clock_timestamp() + make_interval(secs => :lease),
          started_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND\
      """
          + " "
          + NOT_PAUSED
          + " AND ";

  private static final String RETURNING = " RETURNING " + LedgerRow.COLUMNS;

  /** A statement of its own, whose plan is kept: the one below is planned for every claim. */
  private static final String CLAIM_DISPATCHED =
      TAKE + "state || '' = 'QUEUED' AND epoch = :epoch" + RETURNING;

  /**
   * The second arm is the dashboard's requeue: its job runs again with the old epoch, and may take
   * the row only while that job is still the row's own and no newer row does the same work. An
   * operator's run starts its counters anew.
   */
  private static final String CLAIM =
      TAKE
          + """
          ((state || '' = 'QUEUED' AND epoch = :epoch)
           OR (state || '' IN ('PENDING', 'FAILED') AND job_id = :job
               AND NOT EXISTS (SELECT FROM processing_status newer
                               WHERE newer.tenant_id = p.tenant_id AND newer.stage = p.stage
                                 AND newer.subject_id = p.subject_id AND newer.id <> p.id
                                 AND newer.state IN ('PENDING', 'QUEUED', 'PROCESSING'))))
          """
          + RETURNING;

  private static final String INSERT_CLAIMED =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority, state,
         epoch, crash_count, job_id, lease_until, started_at)
      SELECT :tenant, :id, :project, :conversation, :subject, :stage, :generation, :priority,
             'PROCESSING', 1, 1, :job, clock_timestamp() + make_interval(secs => :lease),
             clock_timestamp()
      WHERE\
      """
          + " "
          + NOT_PAUSED
          + "ON CONFLICT DO NOTHING RETURNING "
          + LedgerRow.COLUMNS;

  /** Only while its lease is over: its holder may just have been slow. */
  private static final String TAKE_EXPIRED =
      """
      UPDATE processing_status SET epoch = epoch + 1, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
        AND lease_until < clock_timestamp()
      RETURNING\
      """
          + " "
          + LedgerRow.COLUMNS;

  private final Database database;
  private final InstantSource clock;
  private final Duration lease;
  private final Map<Stage, String> providers;

  LeaseAcquisition(
      Database database, InstantSource clock, Duration lease, Map<Stage, String> providers) {
    this.database = database;
    this.clock = clock;
    this.lease = lease;
    this.providers = Map.copyOf(providers);
  }

  /** The row that waits or has failed and was last carried by this job. */
  Optional<LedgerRow> findByJob(UUID job) {
    return database
        .sql()
        .sql(FIND_BY_JOB)
        .param("tenant", database.tenant())
        .param("job", job)
        .query(LedgerRow::read)
        .optional();
  }

  /**
   * Takes a row as it was dispatched with {@code epoch}.
   *
   * @return empty if it is no longer so, or paused
   */
  Optional<LedgerRow> claimDispatched(UUID id, Stage stage, long epoch) {
    return taking(CLAIM_DISPATCHED, id, stage, epoch).query(LedgerRow::read).optional();
  }

  /**
   * Takes a row for the job that was dispatched with {@code epoch}, also where it has waited or
   * failed since.
   *
   * @return empty if it is somebody else's, done or paused
   */
  Optional<LedgerRow> claim(UUID id, Stage stage, long epoch, UUID job) {
    return taking(CLAIM, id, stage, epoch).param("job", job).query(LedgerRow::read).optional();
  }

  private StatementSpec taking(String statement, UUID id, Stage stage, long epoch) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", database.tenant())
        .param("id", id)
        .param("stage", stage.name())
        .param("provider", providers.get(stage))
        .param("epoch", epoch)
        .param("lease", lease.toMillis() / 1000.0);
  }

  /**
   * Inserts the successor of a row, already claimed by the job that runs.
   *
   * @return empty if the subject has an open row of this stage already, or the stage is paused
   */
  Optional<LedgerRow> insertClaimed(NewRow row, UUID job) {
    return database
        .sql()
        .sql(INSERT_CLAIMED)
        .params(row.values(database.tenant(), Uuids.v7(clock)))
        .param("provider", providers.get(row.stage()))
        .param("job", job)
        .param("lease", lease.toMillis() / 1000.0)
        .query(LedgerRow::read)
        .optional();
  }

  /** Takes a row from a holder whose lease is over; empty if it is not, or the row moved on. */
  Optional<LedgerRow> takeExpired(LedgerRow row) {
    return database
        .sql()
        .sql(TAKE_EXPIRED)
        .param("tenant", row.tenant())
        .param("id", row.id())
        .param("epoch", row.epoch())
        .query(LedgerRow::read)
        .optional();
  }

  /** Whether a row in this state can still be claimed by its job. */
  static boolean claimable(State state) {
    return state == State.QUEUED || state == State.PENDING || state == State.FAILED;
  }
}
