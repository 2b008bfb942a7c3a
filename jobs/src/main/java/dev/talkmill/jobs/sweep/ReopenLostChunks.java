package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;

/**
 * Reconcile: open chunks without an open row. The row of the stage that the chunk has reached is
 * made; like {@link ScheduleBehind} it finds something only after a defect or a restore.
 */
public final class ReopenLostChunks implements Sweep {

  private static final String FIND =
      """
      SELECT k.tenant_id, k.id FROM conversation_chunk k
      WHERE k.state = 'OPEN' AND k.updated_at < clock_timestamp() - interval '10 seconds'
        AND NOT EXISTS (SELECT FROM processing_status p
                        WHERE p.tenant_id = k.tenant_id AND p.subject_id = k.id
                          AND p.stage IN ('STORE', 'PREPARE', 'TRANSCRIBE')
                          AND (p.state IN ('PENDING', 'QUEUED', 'PROCESSING')
                               OR (p.state = 'FAILED' AND p.generation = k.revision)))
      ORDER BY k.tenant_id, k.id LIMIT 200
      """;

  /**
   * The revision is raised, for a row of this one may have ended and its key cannot be used again.
   */
  private static final String NEXT_REVISION =
      """
      UPDATE conversation_chunk SET revision = revision + 1, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id RETURNING revision
      """;

  private final Database database;
  private final Conversations conversations;
  private final Chunks chunks;
  private final Ledger ledger;

  public ReopenLostChunks(
      Database database, Conversations conversations, Chunks chunks, Ledger ledger) {
    this.database = database;
    this.conversations = conversations;
    this.chunks = chunks;
    this.ledger = ledger;
  }

  @Override
  public String name() {
    return "chunks_without_row";
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    int mended = 0;
    for (Found chunk : Found.list(database, FIND)) {
      mended += database.inTenant(chunk.tenant(), () -> mend(chunk)) ? 1 : 0;
    }
    return mended;
  }

  private boolean mend(Found found) {
    Chunk chunk = chunks.find(found.id()).orElse(null);
    if (chunk == null
        || conversations.lock(chunk.conversation()).isEmpty()
        || chunk.state() != ChunkState.OPEN) {
      return false;
    }
    long revision =
        database
            .sql()
            .sql(NEXT_REVISION)
            .param("tenant", found.tenant())
            .param("id", found.id())
            .query(Long.class)
            .single();
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
