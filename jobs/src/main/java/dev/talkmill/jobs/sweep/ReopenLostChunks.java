package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.FailedRows;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Reconcile: open chunks without an open row. The row of the stage that the chunk has reached is
 * made; like {@link ScheduleBehind} it finds something only after a defect or a restore.
 *
 * <p>Where a row of the chunk's revision has FAILED, no other is made: to repeat what has failed is
 * an operator's decision, and a sweep that took it would repeat it for ever. The chunk ends as that
 * row did, so that its conversation ends explained and not never; a requeue of the row opens it
 * again. A row that this sweep makes ends its chunk, hands it on, or fails: none leads back here.
 */
public final class ReopenLostChunks implements Sweep {

  private static final String LOST =
      """
      k.state = 'OPEN' AND k.updated_at < clock_timestamp() - interval '10 seconds'
        AND NOT EXISTS (SELECT FROM processing_status p
                        WHERE p.tenant_id = k.tenant_id AND p.subject_id = k.id
                          AND p.stage IN ('STORE', 'PREPARE', 'TRANSCRIBE')
                          AND p.state IN ('PENDING', 'QUEUED', 'PROCESSING'))
      """;

  private static final String OPEN =
      """
      SELECT tenant_id, conversation_id, id, updated_at FROM conversation_chunk
      WHERE state = 'OPEN'
      """;

  /** OFFSET 0 keeps it a probe of the index for each chunk; else it may read all open rows. */
  private static final String WITHOUT_ROW =
      """
      c.updated_at < clock_timestamp() - interval '10 seconds'
        AND NOT EXISTS (SELECT FROM processing_status p
                        WHERE p.tenant_id = c.tenant_id AND p.subject_id = c.id
                          AND p.stage IN ('STORE', 'PREPARE', 'TRANSCRIBE')
                          AND p.state IN ('PENDING', 'QUEUED', 'PROCESSING') OFFSET 0)
      """;

  private static final String FAILURE =
      """
      FROM processing_status f
      WHERE f.tenant_id = k.tenant_id AND f.subject_id = k.id
        AND f.stage IN ('STORE', 'PREPARE', 'TRANSCRIBE')
        AND f.state = 'FAILED' AND f.generation = k.revision
      """;

  private static final String END_EXPLAINED =
      """
      UPDATE conversation_chunk k
      SET state = 'FAILED', updated_at = clock_timestamp(),
          code = (SELECT f.error_code FAILURE ORDER BY f.finished_at DESC LIMIT 1)
      WHERE k.tenant_id = :tenant AND k.id = :id AND EXISTS (SELECT FAILURE) AND LOST
      """
          .replace("FAILURE", FAILURE)
          .replace("LOST", LOST);

  /**
   * The revision is raised, for a row of this one may have ended and its key cannot be used again.
   */
  private static final String NEXT_REVISION =
      """
      UPDATE conversation_chunk k SET revision = revision + 1, updated_at = clock_timestamp()
      WHERE k.tenant_id = :tenant AND k.id = :id AND NOT EXISTS (SELECT FAILURE) AND LOST
      RETURNING k.revision
      """
          .replace("FAILURE", FAILURE)
          .replace("LOST", LOST);

  private static final String NAME = "chunks_without_row";

  private final Database database;
  private final Pass pass;
  private final Conversations conversations;
  private final Chunks chunks;
  private final Ledger ledger;
  private final FailedRows failedRows;

  public ReopenLostChunks(
      Database database, Conversations conversations, Chunks chunks, Ledger ledger) {
    this.database = database;
    this.pass = new Pass(database, NAME, Pass.Order.CONVERSATION, WITHOUT_ROW, OPEN);
    this.conversations = conversations;
    this.chunks = chunks;
    this.ledger = ledger;
    this.failedRows = new FailedRows(database);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    return pass.round(chunk -> database.inTenant(chunk.tenant(), () -> mend(chunk)), Map.of());
  }

  /** Looked at again under the conversation's lock: another process's sweep may have been here. */
  private boolean mend(Found found) {
    Optional<LockedConversation> conversation =
        chunks.find(found.id()).flatMap(chunk -> conversations.lock(chunk.conversation()));
    if (conversation.isEmpty()) {
      return false;
    }
    if (isEndedAsItsRow(found)) {
      conversations.scheduleIfBehind(conversations.changed(conversation.get()));
      return true;
    }
    return nextRevision(found).map(revision -> insert(found, revision)).orElse(false);
  }

  private boolean isEndedAsItsRow(Found found) {
    return with(END_EXPLAINED, found).update() == 1;
  }

  private Optional<Long> nextRevision(Found found) {
    return with(NEXT_REVISION, found).query(Long.class).optional();
  }

  private StatementSpec with(String statement, Found found) {
    return database.sql().sql(statement).param("tenant", found.tenant()).param("id", found.id());
  }

  private boolean insert(Found found, long revision) {
    Chunk chunk = chunks.find(found.id()).orElseThrow();
    failedRows.supersede(chunk.id(), revision);
    ledger.insert(
        NewRow.due(
            chunk.project(),
            chunk.conversation(),
            chunk.id(),
            reached(chunk),
            revision,
            Priority.RERUN));
    return true;
  }

  private static Stage reached(Chunk chunk) {
    if (chunk.storageKey() == null) {
      return Stage.STORE;
    }
    return chunk.seconds() == null ? Stage.PREPARE : Stage.TRANSCRIBE;
  }
}
