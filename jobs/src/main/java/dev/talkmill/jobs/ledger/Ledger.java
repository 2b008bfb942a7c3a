package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Writes to {@code processing_status}. Every write that ends or moves a claimed row carries its
 * epoch; one that meets no row throws {@link LostClaimException} and so rolls its transaction back.
 * All times are the database's.
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

  private static final String INSERT_CLAIMED =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority, state,
         epoch, crash_count, job_id, lease_until, started_at)
      VALUES (:tenant, :id, :project, :conversation, :subject, :stage, :generation, :priority,
              'PROCESSING', 1, 1, :job, clock_timestamp() + make_interval(secs => :lease),
              clock_timestamp())
      ON CONFLICT (tenant_id, stage, subject_id) WHERE state IN ('PENDING', 'QUEUED', 'PROCESSING')
      DO NOTHING
      RETURNING\
      """
          + " "
          + LedgerRow.COLUMNS;

  private static final String FIND =
      "SELECT "
          + LedgerRow.COLUMNS
          + " FROM processing_status WHERE tenant_id = :tenant AND id = :id";

  /** A job carries its subject through several stages; the newest row is the one it ended with. */
  private static final String FIND_BY_JOB =
      "SELECT "
          + LedgerRow.COLUMNS
          + """
           FROM processing_status
          WHERE tenant_id = :tenant AND job_id = :job AND state IN ('PENDING', 'FAILED')
          ORDER BY id DESC LIMIT 1
          """;

  /**
   * The second arm is the dashboard's requeue: its job runs again with the old epoch, and may take
   * the row only while that job is still the row's own and no newer row does the same work. An
   * operator's run starts its counters anew.
   */
  private static final String CLAIM =
      """
      UPDATE processing_status p
      SET state = 'PROCESSING', epoch = epoch + 1,
          attempts = CASE WHEN state = 'FAILED' THEN 0 ELSE attempts END,
          crash_count = CASE WHEN state = 'FAILED' THEN 1 ELSE crash_count + 1 END,
          outcome = NULL, cause = NULL, error_code = NULL, error_message = NULL, progress = NULL,
          finished_at = NULL, duration_ms = NULL,
          lease_until = clock_timestamp() + make_interval(secs => :lease),
          started_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id
        AND ((state = 'QUEUED' AND epoch = :epoch)
             OR (state IN ('PENDING', 'FAILED') AND job_id = :job
                 AND NOT EXISTS (SELECT FROM processing_status newer
                                 WHERE newer.tenant_id = p.tenant_id AND newer.stage = p.stage
                                   AND newer.subject_id = p.subject_id AND newer.id <> p.id
                                   AND newer.state IN ('PENDING', 'QUEUED', 'PROCESSING'))))
      RETURNING\
      """
          + " "
          + LedgerRow.COLUMNS;

  /** Only while its lease is over: its holder may just have been slow. */
  private static final String TAKE_EXPIRED =
      """
      UPDATE processing_status SET epoch = epoch + 1, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
        AND lease_until < clock_timestamp()
      RETURNING\
      """
          + " "
          + LedgerRow.COLUMNS;

  private static final String SET_GENERATION =
      """
      UPDATE processing_status SET generation = :generation, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
      """;

  private static final String COMPLETE =
      """
      UPDATE processing_status
      SET state = 'COMPLETED', outcome = :outcome, attempts = attempts + 1, crash_count = 0,
          lease_until = NULL, progress = NULL, finished_at = clock_timestamp(),
          updated_at = clock_timestamp(), provider = :provider,
          duration_ms = extract(epoch FROM clock_timestamp() - started_at) * 1000
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
      """;

  /** By id and epoch alone, so that a commit under way is waited for. */
  private static final String OUTCOME =
      """
      SELECT outcome FROM processing_status
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch
      FOR UPDATE
      """;

  private static final String HAND_BACK_SUCCESSOR =
      """
      UPDATE processing_status
      SET state = 'PENDING', crash_count = 0, lease_until = NULL,
          next_attempt_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND conversation_id = :conversation AND id <> :id
        AND job_id = :job AND epoch = 1 AND state = 'PROCESSING'
      """;

  private static final String RETRY =
      """
      UPDATE processing_status
      SET state = 'PENDING', cause = :cause, error_code = :code, error_message = :message,
          attempts = attempts + 1, crash_count = 0, lease_until = NULL, progress = NULL,
          next_attempt_at = clock_timestamp() + make_interval(secs => :delay),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
      """;

  private static final String FAIL =
      """
      UPDATE processing_status
      SET state = 'FAILED', cause = :cause, error_code = :code, error_message = :message,
          attempts = attempts + 1, crash_count = 0, lease_until = NULL, progress = NULL,
          finished_at = clock_timestamp(), updated_at = clock_timestamp(),
          duration_ms = extract(epoch FROM clock_timestamp() - started_at) * 1000
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
      """;

  /** A graceful stop is no crash and no attempt: the claim's crash is refunded. */
  private static final String HAND_BACK =
      """
      UPDATE processing_status
      SET state = 'PENDING', crash_count = greatest(crash_count - 1, 0), lease_until = NULL,
          progress = NULL, next_attempt_at = clock_timestamp() + make_interval(secs => :delay),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
      """;

  private static final String RETURN_QUEUED =
      """
      UPDATE processing_status
      SET state = 'PENDING', lease_until = NULL, updated_at = clock_timestamp(),
          next_attempt_at = clock_timestamp() + make_interval(secs => :delay)
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'QUEUED'
      """;

  private static final String PROGRESS =
      """
      UPDATE processing_status SET progress = :progress, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state = 'PROCESSING'
      """;

  private static final String REQUEUE =
      """
      UPDATE processing_status
      SET state = 'PENDING', attempts = 0, crash_count = 0, cause = NULL, error_code = NULL,
          error_message = NULL, finished_at = NULL, duration_ms = NULL,
          next_attempt_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND state = 'FAILED'
      """;

  /** The epoch goes up so that a running holder's last write does not land. */
  private static final String CANCEL_OPEN =
      """
      UPDATE processing_status
      SET state = 'CANCELLED', cause = 'policy', error_code = :code, lease_until = NULL,
          progress = NULL, epoch = epoch + 1, finished_at = clock_timestamp(),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id IN (
        SELECT id FROM processing_status
        WHERE tenant_id = :tenant AND conversation_id = :conversation AND stage <> 'ERASE'
          AND (CAST(:subject AS uuid) IS NULL OR subject_id = CAST(:subject AS uuid))
          AND (CAST(:stage AS text) IS NULL OR stage = CAST(:stage AS text))
          AND state IN ('PENDING', 'QUEUED', 'PROCESSING')
        ORDER BY id FOR UPDATE)
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

  public Optional<LedgerRow> find(UUID id) {
    return database
        .sql()
        .sql(FIND)
        .param("tenant", database.tenant())
        .param("id", id)
        .query(LedgerRow::read)
        .optional();
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
   * Makes sure that work of this generation is scheduled: inserts, raises what is still PENDING, or
   * leaves alone what runs or has ended for this generation.
   */
  public void schedule(NewRow row) {
    boolean known = withKeys(database.sql().sql(EXISTS), row).query(Boolean.class).single();
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
    withAll(database.sql().sql(statement), row, id).param("delay", seconds(row.delay())).update();
    database.afterCommit(signal::rowsDue);
    return id;
  }

  /** Inserts a row for work that was done on arrival. */
  public void insertCompleted(NewRow row, String outcome) {
    withAll(database.sql().sql(INSERT_COMPLETED), row, Uuids.v7(clock))
        .param("outcome", outcome)
        .update();
  }

  /**
   * Inserts the successor of a row, already claimed by the job that runs.
   *
   * @return empty if the subject has an open row of this stage already
   */
  public Optional<LedgerRow> insertClaimed(NewRow row, UUID job) {
    return withAll(database.sql().sql(INSERT_CLAIMED), row, Uuids.v7(clock))
        .param("job", job)
        .param("lease", lease.toMillis() / 1000.0)
        .query(LedgerRow::read)
        .optional();
  }

  /**
   * Takes a row for the job that was dispatched with {@code epoch}.
   *
   * @return empty if it is somebody else's, or done
   */
  Optional<LedgerRow> claim(UUID id, long epoch, UUID job) {
    return database
        .sql()
        .sql(CLAIM)
        .param("tenant", database.tenant())
        .param("id", id)
        .param("epoch", epoch)
        .param("job", job)
        .param("lease", lease.toMillis() / 1000.0)
        .query(LedgerRow::read)
        .optional();
  }

  /** Takes a row from a holder whose lease is over; empty if it is not, or the row moved on. */
  public Optional<LedgerRow> takeExpired(LedgerRow row) {
    return held(TAKE_EXPIRED, row).query(LedgerRow::read).optional();
  }

  /** Raises the generation that a claimed row works for to the newest. */
  public void setGeneration(LedgerRow row, long generation) {
    guarded(row, held(SET_GENERATION, row).param("generation", generation));
  }

  public void complete(LedgerRow row, String outcome) {
    complete(row, outcome, null);
  }

  public void complete(LedgerRow row, String outcome, @Nullable String provider) {
    guarded(row, held(COMPLETE, row).param("outcome", outcome).param("provider", provider));
  }

  /**
   * The outcome with which this very claim has completed the row, if it has. A row is completed
   * once, so nobody else can have done it at this epoch.
   */
  public Optional<String> completedWith(LedgerRow row) {
    return held(OUTCOME, row).query(String.class).list().stream()
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** Gives back, untried, what was inserted as claimed by this job and is not worked on. */
  public void handBackSuccessor(LedgerRow row, UUID job) {
    database.afterCommit(signal::rowsDue);
    database
        .sql()
        .sql(HAND_BACK_SUCCESSOR)
        .param("tenant", row.tenant())
        .param("conversation", row.conversation())
        .param("id", row.id())
        .param("job", job)
        .update();
  }

  public void retry(LedgerRow row, Failure failure, Duration delay) {
    database.afterCommit(signal::rowsDue);
    guarded(row, withFailure(held(RETRY, row), failure).param("delay", seconds(delay)));
  }

  public void fail(LedgerRow row, Failure failure) {
    guarded(row, withFailure(held(FAIL, row), failure));
  }

  public void handBack(LedgerRow row, Duration delay) {
    database.afterCommit(signal::rowsDue);
    guarded(row, held(HAND_BACK, row).param("delay", seconds(delay)));
  }

  /** Gives a dispatched row back unclaimed; does nothing if it is no longer at this epoch. */
  public void returnQueued(LedgerRow row, Duration delay) {
    database.afterCommit(signal::rowsDue);
    held(RETURN_QUEUED, row).param("delay", seconds(delay)).update();
  }

  /**
   * Shows how far a row has come.
   *
   * @param share done, 0 to 1
   */
  public void progress(LedgerRow row, double share) {
    guarded(row, held(PROGRESS, row).param("progress", Math.clamp(share, 0.0, 1.0)));
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

  private StatementSpec held(String statement, LedgerRow row) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", row.tenant())
        .param("id", row.id())
        .param("epoch", row.epoch());
  }

  private static void guarded(LedgerRow row, StatementSpec write) {
    if (write.update() != 1) {
      throw new LostClaimException(row);
    }
  }

  private static StatementSpec withFailure(StatementSpec spec, Failure failure) {
    return spec.param("cause", failure.code().cause().code())
        .param("code", failure.code().code())
        .param("message", failure.message());
  }

  private StatementSpec withKeys(StatementSpec spec, NewRow row) {
    return spec.param("tenant", database.tenant())
        .param("stage", row.stage().name())
        .param("subject", row.subject())
        .param("generation", row.generation());
  }

  private StatementSpec withAll(StatementSpec spec, NewRow row, UUID id) {
    return withKeys(spec, row)
        .param("id", id)
        .param("project", row.project())
        .param("conversation", row.conversation())
        .param("priority", row.priority().rank());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  /** Whether a row in this state can still be claimed by its job. */
  static boolean claimable(State state) {
    return state == State.QUEUED || state == State.PENDING || state == State.FAILED;
  }
}
