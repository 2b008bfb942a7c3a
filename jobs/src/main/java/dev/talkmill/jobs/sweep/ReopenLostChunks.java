package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Optional;

/**
 * Reconcile: open chunks without an open row. The row of the stage that the chunk has reached is
 * made; like {@link ScheduleBehind} it finds something only after a defect or a restore.
 */
public final class ReopenLostChunks implements Sweep {

  private static final String LOST =
      """
      k.state = 'OPEN' AND k.updated_at < clock_timestamp() - interval '10 seconds'
        AND NOT EXISTS (SELECT FROM processing_status p
                        WHERE p.tenant_id = k.tenant_id AND p.subject_id = k.id
                          AND p.stage IN ('STORE', 'PREPARE', 'TRANSCRIBE')
                          AND (p.state IN ('PENDING', 'QUEUED', 'PROCESSING')
                               OR (p.state = 'FAILED' AND p.generation = k.revision)))
      """;

  private static final String FIND =
      "SELECT k.tenant_id, k.id FROM conversation_chunk k WHERE " + LOST;

  /**
   * The revision is raised, for a row of this one may have ended and its key cannot be used again.
   * Looked at again under the conversation's lock: another process's sweep may have been here.
   */
  private static final String NEXT_REVISION =
      """
      UPDATE conversation_chunk k SET revision = revision + 1, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND\
      """
          + " "
          + LOST
          + " RETURNING revision";

  private static final String NAME = "chunks_without_row";

  private final Database database;
  private final Pass pass;
  private final Conversations conversations;
  private final Chunks chunks;
  private final Ledger ledger;

  public ReopenLostChunks(
      Database database, Conversations conversations, Chunks chunks, Ledger ledger) {
    this.database = database;
    this.pass = new Pass(database, NAME, FIND);
    this.conversations = conversations;
    this.chunks = chunks;
    this.ledger = ledger;
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
    return pass.round(chunk -> database.inTenant(chunk.tenant(), () -> mend(chunk)));
  }

  private boolean mend(Found found) {
    return chunks
        .find(found.id())
        .filter(chunk -> conversations.lock(chunk.conversation()).isPresent())
        .flatMap(chunk -> nextRevision(found).map(revision -> insert(found, revision)))
        .orElse(false);
  }

  private Optional<Long> nextRevision(Found found) {
    return database
        .sql()
        .sql(NEXT_REVISION)
        .param("tenant", found.tenant())
        .param("id", found.id())
        .query(Long.class)
        .optional();
  }

  private boolean insert(Found found, long revision) {
    Chunk chunk = chunks.find(found.id()).orElseThrow();
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
