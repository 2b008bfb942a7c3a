package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, in {@code processing_status}: work is scheduled here, cancelled, and requeued
 * by an operator, none of which needs to hold a row. {@link Claims} takes rows and {@link
 * FencedWrites} ends them. All times are the database's.
 */
public final class Ledger {

  private static final String INSERT =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority,
         next_attempt_at)
      VALUES (:tenant, :id, :project, :conversation, :subject, :stage, :generation, :priority,
              clock_timestamp() + make_interval(secs => :delay))
      """;

  /**
   * A row still PENDING is raised to the newer generation and waits anew, which lets changes
   * settle; it never comes due earlier than a failed attempt of it is to be repeated. A running one
   * is left alone: when it ends, its own transaction looks again. A row of the same generation that
   * has ended (FAILED) is not repeated: only an operator does that.
   */
  private static final String SCHEDULE =
      INSERT
          + """
          ON CONFLICT (tenant_id, stage, subject_id) WHERE state IN ('PENDING', 'QUEUED', 'PROCESSING')
          DO UPDATE SET generation = excluded.generation, updated_at = clock_timestamp(),
                        next_attempt_at = greatest(processing_status.next_attempt_at,
                                                   excluded.next_attempt_at)
          WHERE processing_status.state = 'PENDING'
            AND processing_status.generation < excluded.generation
          """;

  private static final String EXISTS =
      """
      SELECT EXISTS (
        SELECT FROM processing_status
        WHERE tenant_id = :tenant AND stage = :stage AND subject_id = :subject
          AND generation = :generation)
      """;

  private static final String INSERT_COMPLETED =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority, state,
         outcome, attempts, started_at, finished_at, duration_ms)
      VALUES (:tenant, :id, :project, :conversation, :subject, :stage, :generation, :priority,
              'COMPLETED', :outcome, 0, clock_timestamp(), clock_timestamp(), 0)
      """;

  private static final String FIND =
      "SELECT "
          + LedgerRow.COLUMNS
          + " FROM processing_status WHERE tenant_id = :tenant AND id = :id";

  private static final String REQUEUE =
      """
      UPDATE processing_status
      SET state = 'PENDING', attempts = 0, crash_count = 0, cause = NULL, error_code = NULL,
          error_message = NULL, finished_at = NULL, duration_ms = NULL,
          next_attempt_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND state || '' = 'FAILED'
      """;

  /** The epoch goes up so that a running holder's last write does not land. */
  private static final String CANCEL_OPEN =
      """
      UPDATE processing_status
      SET state = 'CANCELLED', cause = 'policy', error_code = :code, lease_until = NULL,
          progress = NULL, epoch = epoch + 1, finished_at = clock_timestamp(),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = ANY (ARRAY(
        SELECT id FROM processing_status
        WHERE tenant_id = :tenant AND conversation_id = :conversation AND stage <> 'ERASE'
          AND (CAST(:subject AS uuid) IS NULL OR subject_id = CAST(:subject AS uuid))
          AND (CAST(:stage AS text) IS NULL OR stage = CAST(:stage AS text))
          AND state || '' IN ('PENDING', 'QUEUED', 'PROCESSING')
        ORDER BY id FOR UPDATE))
      """;

  private final Database database;
  private final InstantSource clock;
  private final Duration lease;
  private final DueSignal signal;

  public Ledger(Database database, InstantSource clock, Duration lease, DueSignal signal) {
    this.database = database;
    this.clock = clock;
    this.lease = lease;
    this.signal = signal;
  }

  public Duration lease() {
    return lease;
  }

  InstantSource clock() {
    return clock;
  }

  public Optional<LedgerRow> find(UUID id) {
    return database
        .sql()
        .sql(FIND)
        .param("tenant", database.tenant())
        .param("id", id)
        .query(LedgerRow::read)
        .optional();
  }

  /**
   * Makes sure that work of this generation is scheduled: inserts, raises what is still PENDING, or
   * leaves alone what runs or has ended for this generation.
   */
  public void schedule(NewRow row) {
    boolean known =
        database.sql().sql(EXISTS).params(row.key(database.tenant())).query(Boolean.class).single();
    if (!known) {
      insert(SCHEDULE, row);
    }
  }

  /** Inserts work whose subject is new and so cannot have a row yet. */
  public UUID insert(NewRow row) {
    return insert(INSERT, row);
  }

  private UUID insert(String statement, NewRow row) {
    UUID id = Uuids.v7(clock);
    database
        .write(statement)
        .params(row.values(database.tenant(), id))
        .param("delay", row.delay().toMillis() / 1000.0)
        .later();
    database.afterCommit(signal::rowsDue);
    return id;
  }

  /** Inserts a row for work that was done on arrival. */
  public void insertCompleted(NewRow row, String outcome) {
    database
        .write(INSERT_COMPLETED)
        .params(row.values(database.tenant(), Uuids.v7(clock)))
        .param("outcome", outcome)
        .later();
  }

  /**
   * Gives a FAILED row its attempts back.
   *
   * @return false if it is not FAILED
   */
  public boolean requeue(UUID id) {
    database.afterCommit(signal::rowsDue);
    return database.sql().sql(REQUEUE).param("tenant", database.tenant()).param("id", id).update()
        == 1;
  }

  /** Cancels what is open of a conversation, or of one subject in it; holders are fenced. */
  public int cancelOpen(UUID conversation, @Nullable UUID subject, String code) {
    return cancel(conversation, subject, null, code);
  }

  /** Cancels what is open of one stage of a conversation; running holders are fenced. */
  public int cancelStage(UUID conversation, Stage stage, String code) {
    return cancel(conversation, null, stage.name(), code);
  }

  private int cancel(
      UUID conversation, @Nullable UUID subject, @Nullable String stage, String code) {
    return database
        .sql()
        .sql(CANCEL_OPEN)
        .param("tenant", database.tenant())
        .param("conversation", conversation)
        .param("subject", subject)
        .param("stage", stage)
        .param("code", code)
        .update();
  }
}
