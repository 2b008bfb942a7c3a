package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Write;
import dev.talkmill.pipeline.failure.Failure;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * What the holder of a row writes to it. Every write carries the holder's epoch, which is a fencing
 * token: one that meets no row throws {@link LostClaimException} and so rolls back what was written
 * with it. All times are the database's.
 */
public final class FencedWrites {

  private static final String SET_GENERATION =
      """
      UPDATE processing_status SET generation = :generation, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
      """;

  private static final String COMPLETE =
      """
      UPDATE processing_status
      SET state = 'COMPLETED', outcome = :outcome, attempts = attempts + 1, crash_count = 0,
          lease_until = NULL, progress = NULL, finished_at = clock_timestamp(),
          updated_at = clock_timestamp(), provider = :provider,
          duration_ms = extract(epoch FROM clock_timestamp() - started_at) * 1000
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
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
        AND job_id = :job AND epoch = 1 AND state || '' = 'PROCESSING'
      """;

  private static final String RETRY =
      """
      UPDATE processing_status
      SET state = 'PENDING', cause = :cause, error_code = :code, error_message = :message,
          attempts = attempts + 1, crash_count = 0, lease_until = NULL, progress = NULL,
          next_attempt_at = clock_timestamp() + make_interval(secs => :delay),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
      """;

  private static final String FAIL =
      """
      UPDATE processing_status
      SET state = 'FAILED', cause = :cause, error_code = :code, error_message = :message,
          attempts = attempts + 1, crash_count = 0, lease_until = NULL, progress = NULL,
          finished_at = clock_timestamp(), updated_at = clock_timestamp(),
          duration_ms = extract(epoch FROM clock_timestamp() - started_at) * 1000
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
      """;

  /** A graceful stop is no crash and no attempt: the claim's crash is refunded. */
  private static final String HAND_BACK =
      """
      UPDATE processing_status
      SET state = 'PENDING', crash_count = greatest(crash_count - 1, 0), lease_until = NULL,
          progress = NULL, next_attempt_at = clock_timestamp() + make_interval(secs => :delay),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
      """;

  private static final String RETURN_QUEUED =
      """
      UPDATE processing_status
      SET state = 'PENDING', lease_until = NULL, updated_at = clock_timestamp(),
          next_attempt_at = clock_timestamp() + make_interval(secs => :delay)
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'QUEUED'
      """;

  /**
   * Its time is its place in line, and stays. A row that was dispatched when its provider had long
   * been paused here comes from a process that has another provider for its stage; it waits a
   * moment, or the two would hand it to and fro without a rest.
   */
  private static final String RETURN_PAUSED =
      """
      UPDATE processing_status p
      SET state = 'PENDING', lease_until = NULL, updated_at = clock_timestamp(),
          next_attempt_at =
            CASE WHEN EXISTS (SELECT FROM pause
                              WHERE kind = 'provider' AND name = CAST(:provider AS text)
                                AND created_at < p.updated_at - make_interval(secs => :delay))
                 THEN clock_timestamp() + make_interval(secs => :delay)
                 ELSE next_attempt_at END
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'QUEUED'
      """;

  private static final String PROGRESS =
      """
      UPDATE processing_status SET progress = :progress, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND epoch = :epoch AND state || '' = 'PROCESSING'
      """;

  private final Database database;
  private final DueSignal signal;

  public FencedWrites(Database database, DueSignal signal) {
    this.database = database;
    this.signal = signal;
  }

  /** Raises the generation that a claimed row works for to the newest. */
  public void setGeneration(LedgerRow row, long generation) {
    guarded(row, write(SET_GENERATION, row).param("generation", generation));
  }

  public void complete(LedgerRow row, String outcome) {
    complete(row, outcome, null);
  }

  public void complete(LedgerRow row, String outcome, @Nullable String provider) {
    guarded(row, write(COMPLETE, row).param("outcome", outcome).param("provider", provider));
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
    guarded(row, withFailure(write(RETRY, row), failure).param("delay", seconds(delay)));
  }

  public void fail(LedgerRow row, Failure failure) {
    guarded(row, withFailure(write(FAIL, row), failure));
  }

  public void handBack(LedgerRow row, Duration delay) {
    database.afterCommit(signal::rowsDue);
    guarded(row, write(HAND_BACK, row).param("delay", seconds(delay)));
  }

  /** Gives a dispatched row back unclaimed; does nothing if it is no longer at this epoch. */
  public void returnQueued(LedgerRow row, Duration delay) {
    database.afterCommit(signal::rowsDue);
    write(RETURN_QUEUED, row).param("delay", seconds(delay)).later();
  }

  /**
   * Gives a dispatched row back unclaimed, to wait in its old place until it is resumed; does
   * nothing if it is no longer at this epoch.
   *
   * @param provider of its stage in this process, or null
   * @param delay before such a row is offered again, if another process has another provider
   */
  public void returnPaused(LedgerRow row, @Nullable String provider, Duration delay) {
    database.afterCommit(signal::rowsDue);
    write(RETURN_PAUSED, row).param("provider", provider).param("delay", seconds(delay)).later();
  }

  /**
   * Shows how far a row has come.
   *
   * @param share done, 0 to 1
   */
  public void progress(LedgerRow row, double share) {
    guarded(row, write(PROGRESS, row).param("progress", Math.clamp(share, 0.0, 1.0)));
  }

  private Write write(String statement, LedgerRow row) {
    return database
        .write(statement)
        .param("tenant", row.tenant())
        .param("id", row.id())
        .param("epoch", row.epoch());
  }

  private StatementSpec held(String statement, LedgerRow row) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", row.tenant())
        .param("id", row.id())
        .param("epoch", row.epoch());
  }

  private static void guarded(LedgerRow row, Write write) {
    write.later(rows -> {
      if (rows != 1) {
        throw new LostClaimException(row);
      }
    });
  }

  private static Write withFailure(Write write, Failure failure) {
    return write
        .param("cause", failure.code().cause().code())
        .param("code", failure.code().code())
        .param("message", failure.message());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
