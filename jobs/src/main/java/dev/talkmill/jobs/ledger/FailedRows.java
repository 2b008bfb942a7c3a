package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import java.util.UUID;

/**
 * Closes rows that have FAILED and that nobody needs any more: a newer generation or revision does
 * their work, or their subject was erased. Left FAILED, they would be listed and counted for ever,
 * and a requeue could do nothing for them.
 */
public final class FailedRows {

  /**
   * An array, for a join of the rows with themselves may be planned to read all of the tenant's;
   * and what is asked of rows is asked again, for they may have changed since they were looked for.
   */
  private static final String CLOSE =
      """
      UPDATE processing_status
      SET state = 'CANCELLED', cause = 'policy', error_code = :code, error_message = NULL,
          epoch = epoch + 1, finished_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND state || '' = 'FAILED' AND generation < :generation
        AND id = ANY (ARRAY(
          SELECT id FROM processing_status
          WHERE tenant_id = :tenant AND subject_id = :subject AND state || '' = 'FAILED'
            AND generation < :generation))
      """;

  private final Database database;

  public FailedRows(Database database) {
    this.database = database;
  }

  /**
   * Closes those of a subject that are older than {@code generation}, which is worked for now.
   * Called with the conversation locked.
   *
   * @return how many there were
   */
  public int supersede(UUID subject, long generation) {
    return close(subject, generation, "superseded");
  }

  /** Closes those of an erased subject. Called with the conversation locked. */
  public int erased(UUID subject) {
    return close(subject, Long.MAX_VALUE, "erased");
  }

  private int close(UUID subject, long generation, String code) {
    return database
        .sql()
        .sql(CLOSE)
        .param("tenant", database.tenant())
        .param("subject", subject)
        .param("generation", generation)
        .param("code", code)
        .update();
  }
}
