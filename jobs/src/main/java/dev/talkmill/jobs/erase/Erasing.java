package dev.talkmill.jobs.erase;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.FailedRows;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.store.ObjectKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Erases conversations and chunks. In one transaction the rows go, running holders are fenced and a
 * tombstone is set; the objects follow once no holder can still be writing one.
 */
public final class Erasing {

  /** A file that came by presigned upload lies where the client put it, not under its chunk. */
  private static final String CHUNK_KEYS =
      """
      SELECT id, storage_key FROM conversation_chunk
      WHERE tenant_id = :tenant AND conversation_id = :conversation
        AND (id = :chunk OR parent_id = :chunk)
      """;

  private static final String IS_UPLOADED_CHUNK =
      """
      SELECT EXISTS (SELECT FROM conversation_chunk
                     WHERE tenant_id = :tenant AND conversation_id = :conversation
                       AND id = :chunk AND parent_id IS NULL)
      """;

  private static final String TOMBSTONE =
      """
      INSERT INTO tombstone
        (tenant_id, id, conversation_id, chunk_id, prefixes, multipart_keys, multipart_ids)
      SELECT :tenant, :id, :conversation, CAST(:chunk AS uuid), :prefixes,
             coalesce(array_agg(storage_key ORDER BY id), '{}'),
             coalesce(array_agg(multipart_id ORDER BY id), '{}')
      FROM upload
      WHERE tenant_id = :tenant AND conversation_id = :conversation AND state = 'OPEN'
        AND CAST(:chunk AS uuid) IS NULL
      """;

  private static final String DELETE_CONVERSATION =
      "DELETE FROM conversation WHERE tenant_id = :tenant AND id = :conversation";

  private static final List<String> DELETE_HISTORY =
      List.of(
          "DELETE FROM processing_event WHERE tenant_id = :tenant"
              + " AND conversation_id = :conversation",
          "DELETE FROM provider_call WHERE tenant_id = :tenant"
              + " AND conversation_id = :conversation",
          "DELETE FROM processing_status WHERE tenant_id = :tenant"
              + " AND conversation_id = :conversation AND stage <> 'ERASE'");

  private static final String DELETE_CHUNK =
      "DELETE FROM conversation_chunk WHERE tenant_id = :tenant AND id = :chunk";

  /** Every version holds the chunk's words. The next one is made from what is left. */
  private static final String DELETE_VERSIONS =
      "DELETE FROM transcript WHERE tenant_id = :tenant AND conversation_id = :conversation";

  /** A chunk that was expected, came and was erased is not waited for. */
  private static final String FORGET_SUMMARY =
      """
      UPDATE conversation
      SET summary = NULL, summary_model = NULL,
          title = CASE WHEN title_by_person THEN title END,
          expected_chunks =
            CASE WHEN expected_chunks > 0 THEN expected_chunks - 1 ELSE expected_chunks END
      WHERE tenant_id = :tenant AND id = :conversation
      """;

  private static final String AUDIT =
      """
      INSERT INTO audit_log (tenant_id, actor, action, subject_id)
      VALUES (:tenant, :actor, :action, :subject)
      """;

  private final Database database;
  private final Conversations conversations;
  private final Ledger ledger;
  private final InstantSource clock;
  private final FailedRows failedRows;
  private final Holders holders;

  /**
   * Erases over these collaborators.
   *
   * @param storeCallLimit longest call to the object store that moves so many bytes; a holder may
   *     be inside one
   */
  public Erasing(
      Database database,
      Conversations conversations,
      Ledger ledger,
      InstantSource clock,
      LongFunction<Duration> storeCallLimit) {
    this.database = database;
    this.conversations = conversations;
    this.ledger = ledger;
    this.failedRows = new FailedRows(database);
    this.clock = clock;
    this.holders = new Holders(database, ledger.lease(), storeCallLimit);
  }

  /**
   * Erases a conversation with everything that was made from it.
   *
   * @param actor who asked, for the audit log
   * @return false if there is none
   */
  public boolean eraseConversation(UUID tenant, UUID conversation, String actor) {
    return database.inTenant(
        tenant,
        () -> {
          Optional<LockedConversation> locked = conversations.lockAgainstEnds(conversation);
          locked.ifPresent(found -> erase(found, actor));
          return locked.isPresent();
        });
  }

  private void erase(LockedConversation conversation, String actor) {
    UUID tenant = database.tenant();
    Duration wait = holders.longestWork(conversation);
    ledger.cancelOpen(conversation.id(), null, "erased");
    List<String> prefixes = List.of(ObjectKeys.conversation(tenant, conversation.id()));
    bury(conversation, null, prefixes, wait);
    with(DELETE_CONVERSATION, conversation).update();
    DELETE_HISTORY.forEach(statement -> with(statement, conversation).update());
    audit(actor, "conversation.erase", conversation.id());
  }

  /**
   * Erases an uploaded chunk with everything that was made from it; what is derived from the
   * conversation is made anew.
   *
   * @return false if there is none
   */
  public boolean eraseChunk(UUID tenant, UUID conversation, UUID chunk, String actor) {
    return database.inTenant(
        tenant,
        () ->
            conversations
                .lockAgainstEnds(conversation)
                .filter(locked ->
                    with(IS_UPLOADED_CHUNK, locked)
                        .param("chunk", chunk)
                        .query(Boolean.class)
                        .single())
                .map(locked -> erase(locked, chunk, actor))
                .isPresent());
  }

  private boolean erase(LockedConversation conversation, UUID chunk, String actor) {
    UUID tenant = database.tenant();
    Duration wait = holders.longestWork(conversation);
    List<UUID> ids = new ArrayList<>();
    Set<String> keys = new LinkedHashSet<>();
    with(CHUNK_KEYS, conversation)
        .param("chunk", chunk)
        .query(row -> {
          UUID id = row.getObject("id", UUID.class);
          ids.add(id);
          keys.add(ObjectKeys.chunk(tenant, conversation.id(), id));
          String stored = row.getString("storage_key");
          if (stored != null) {
            keys.add(stored);
          }
        });
    for (UUID id : ids) {
      ledger.cancelOpen(conversation.id(), id, "erased");
      failedRows.erased(id);
    }
    // What is being joined or summarised right now holds the chunk's words too.
    ledger.cancelOpen(conversation.id(), conversation.id(), "erased");
    List<String> prefixes = new ArrayList<>(keys);
    prefixes.add(ObjectKeys.playables(tenant, conversation.id()));
    bury(conversation, chunk, prefixes, wait);
    with(DELETE_CHUNK, conversation).param("chunk", chunk).update();
    with(DELETE_VERSIONS, conversation).update();
    with(FORGET_SUMMARY, conversation).update();
    audit(actor, "chunk.erase", chunk);
    conversations.scheduleIfBehind(conversations.changed(conversation));
    return true;
  }

  private void bury(
      LockedConversation conversation, @Nullable UUID chunk, List<String> prefixes, Duration wait) {
    UUID tombstone = Uuids.v7(clock);
    with(TOMBSTONE, conversation)
        .param("id", tombstone)
        .param("chunk", chunk)
        .param("prefixes", prefixes.toArray(String[]::new))
        .update();
    ledger.insert(
        new NewRow(
            conversation.project(),
            conversation.id(),
            tombstone,
            Stage.ERASE,
            1,
            Priority.UPLOAD,
            wait));
  }

  private void audit(String actor, String action, UUID subject) {
    database
        .sql()
        .sql(AUDIT)
        .param("tenant", database.tenant())
        .param("actor", actor)
        .param("action", action)
        .param("subject", subject)
        .update();
  }

  private StatementSpec with(String statement, LockedConversation conversation) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", database.tenant())
        .param("conversation", conversation.id());
  }
}
