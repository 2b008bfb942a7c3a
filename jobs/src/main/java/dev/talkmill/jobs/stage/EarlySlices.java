package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureCode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Slices of a browser's recording that overtook the first one, whose head they need: they failed,
 * and can be decoded now that it has come.
 */
public final class EarlySlices {

  private static final String FIND =
      """
      SELECT p.id, k.id AS chunk, k.revision
      FROM conversation_chunk k
      JOIN processing_status p
        ON p.tenant_id = k.tenant_id AND p.subject_id = k.id AND p.generation = k.revision
      WHERE k.tenant_id = :tenant AND k.conversation_id = :conversation AND k.state = 'FAILED'
        AND p.stage = 'PREPARE' AND p.state = 'FAILED' AND p.error_code = :code
      ORDER BY p.id
      """;

  private final Database database;
  private final Chunks chunks;
  private final Conversations conversations;
  private final Ledger ledger;

  public EarlySlices(Database database, Chunks chunks, Conversations conversations, Ledger ledger) {
    this.database = database;
    this.chunks = chunks;
    this.conversations = conversations;
    this.ledger = ledger;
  }

  private record Early(UUID row, UUID chunk, long revision) {}

  /** Tries them again if {@code decoded} is the first of its conversation. */
  void retryAfter(LockedConversation conversation, UUID decoded) {
    if (!chunks.firstAudio(conversation.id()).equals(Optional.of(decoded))) {
      return;
    }
    List<Early> early = find(conversation);
    for (Early slice : early) {
      if (chunks.reopen(slice.chunk(), slice.revision())) {
        ledger.requeue(slice.row());
      }
    }
    if (!early.isEmpty()) {
      conversations.changed(conversation);
    }
  }

  private List<Early> find(LockedConversation conversation) {
    return database
        .sql()
        .sql(FIND)
        .param("tenant", database.tenant())
        .param("conversation", conversation.id())
        .param("code", FailureCode.WEBM_CONTINUATION.code())
        .query((row, number) ->
            new Early(
                row.getObject("id", UUID.class),
                row.getObject("chunk", UUID.class),
                row.getLong("revision")))
        .list();
  }
}
