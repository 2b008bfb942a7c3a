package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
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

  /**
   * A slice that came before the first one was accepted may have been read before and fail after
   * the first one was decoded, and looked for the slices to be tried again. The next attempt begins
   * later than that, so it is not tried once more for the same reason.
   */
  private static final String FIRST_CAME_DURING =
      """
      SELECT EXISTS (
        SELECT FROM processing_status mine
        JOIN processing_status first
          ON first.tenant_id = mine.tenant_id AND first.subject_id = :first
            AND first.stage = 'PREPARE' AND first.state = 'COMPLETED'
            AND first.finished_at >= mine.started_at
        WHERE mine.tenant_id = :tenant AND mine.id = :row AND mine.subject_id <> :first)
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

  /**
   * Tries a slice again that has just failed for want of a head, if that has come while its attempt
   * was under way. Called under the conversation's lock, which whoever decodes the first slice
   * holds too: one of both sees the other.
   *
   * @param row of PREPARE, FAILED in this transaction
   */
  void retryIfOvertaken(LockedConversation conversation, LedgerRow row) {
    Optional<UUID> first = chunks.firstAudio(conversation.id());
    if (first.isPresent()
        && cameDuring(first.get(), row)
        && chunks.reopen(row.subject(), row.generation())) {
      ledger.requeue(row.id());
      conversations.changed(conversation);
    }
  }

  private boolean cameDuring(UUID first, LedgerRow row) {
    return database
        .sql()
        .sql(FIRST_CAME_DURING)
        .param("tenant", row.tenant())
        .param("row", row.id())
        .param("first", first)
        .query(Boolean.class)
        .single();
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
