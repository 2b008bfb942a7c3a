package dev.talkmill.jobs.ledger;

import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the ledger as a handler needs it.
 *
 * @param generation of the conversation, or the chunk's revision
 * @param epoch fencing token; a write of a holder of an older one does not land
 * @param attempts attempts that ended, not counting a running one
 * @param crashCount claims that have not ended since the last one that did
 */
public record LedgerRow(
    UUID tenant,
    UUID id,
    UUID project,
    UUID conversation,
    UUID subject,
    Stage stage,
    long generation,
    State state,
    Priority priority,
    long epoch,
    int attempts,
    int crashCount,
    @Nullable UUID jobId) {

  /** In the order of {@link #read}. */
  public static final String COLUMNS =
      "tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state, priority,"
          + " epoch, attempts, crash_count, job_id";

  public static LedgerRow read(ResultSet row, int number) throws SQLException {
    return new LedgerRow(
        row.getObject("tenant_id", UUID.class),
        row.getObject("id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getObject("conversation_id", UUID.class),
        row.getObject("subject_id", UUID.class),
        Stage.valueOf(row.getString("stage")),
        row.getLong("generation"),
        State.valueOf(row.getString("state")),
        Priority.ofRank(row.getInt("priority")),
        row.getLong("epoch"),
        row.getInt("attempts"),
        row.getInt("crash_count"),
        row.getObject("job_id", UUID.class));
  }

  /** As it is once it is dispatched. */
  public LedgerRow queued(UUID job) {
    return new LedgerRow(
        tenant,
        id,
        project,
        conversation,
        subject,
        stage,
        generation,
        State.QUEUED,
        priority,
        epoch + 1,
        attempts,
        crashCount,
        job);
  }

  public LedgerRow withGeneration(long newest) {
    return new LedgerRow(
        tenant,
        id,
        project,
        conversation,
        subject,
        stage,
        newest,
        state,
        priority,
        epoch,
        attempts,
        crashCount,
        jobId);
  }
}
