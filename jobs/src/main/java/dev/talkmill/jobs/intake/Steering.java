package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.FailedRows;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.ClaimRules;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What hosts and operators ask of conversations and rows. Every method is one transaction. */
public final class Steering {

  /**
   * Leaves with audio that has been prepared, and those that failed in recognition. What is still
   * on its way to TRANSCRIBE will be recognised with the new parameters anyway.
   */
  private static final String NEW_REVISIONS =
      """
      UPDATE conversation_chunk k
      SET revision = revision + 1, state = 'OPEN', code = NULL, updated_at = clock_timestamp()
      WHERE k.tenant_id = :tenant AND k.conversation_id = :conversation
        AND k.storage_key IS NOT NULL AND k.seconds IS NOT NULL AND k.state <> 'SPLIT'
        AND NOT (k.state = 'NO_SPEECH' AND k.code IN ('too_short', 'silence'))
      RETURNING k.id, k.revision
      """;

  private final Database database;
  private final Conversations conversations;
  private final Ledger ledger;
  private final FailedRows failedRows;
  private final ClaimRules rules;

  public Steering(Database database, Conversations conversations, Ledger ledger, ClaimRules rules) {
    this.database = database;
    this.conversations = conversations;
    this.ledger = ledger;
    this.failedRows = new FailedRows(database);
    this.rules = rules;
  }

  /**
   * Finishes a conversation. A second finish changes nothing but the number of chunks to expect.
   *
   * @param expectedChunks how many uploaded chunks there will be, or null
   * @return false if there is no such conversation
   */
  public boolean finish(UUID tenant, UUID conversation, @Nullable Integer expectedChunks) {
    return database.inTenant(
        tenant,
        () -> {
          Optional<LockedConversation> locked = conversations.lock(conversation);
          locked.ifPresent(found -> finish(found, expectedChunks));
          return locked.isPresent();
        });
  }

  private void finish(LockedConversation conversation, @Nullable Integer expectedChunks) {
    boolean nothingNew =
        expectedChunks == null || expectedChunks.equals(conversation.expectedChunks());
    if (conversation.finished() && nothingNew) {
      return;
    }
    conversations.scheduleIfBehind(conversations.finish(conversation, "host", expectedChunks));
  }

  /**
   * Recognises all audio of a conversation again, from the originals, with the project's parameters
   * as they are now. A recogniser that runs meanwhile is fenced.
   *
   * @return number of chunks that are recognised again; empty if there is no such conversation
   */
  public Optional<Integer> retranscribe(UUID tenant, UUID conversation) {
    return database.inTenant(
        tenant, () -> conversations.lockAgainstEnds(conversation).map(this::retranscribe));
  }

  private int retranscribe(LockedConversation conversation) {
    ledger.cancelStage(conversation.id(), Stage.TRANSCRIBE, "superseded");
    List<Revision> revisions =
        database
            .sql()
            .sql(NEW_REVISIONS)
            .param("tenant", database.tenant())
            .param("conversation", conversation.id())
            .query((row, number) ->
                new Revision(row.getObject("id", UUID.class), row.getLong("revision")))
            .list();
    for (Revision revision : revisions) {
      failedRows.supersede(revision.chunk(), revision.number());
      ledger.insert(
          NewRow.due(
              conversation.project(),
              conversation.id(),
              revision.chunk(),
              Stage.TRANSCRIBE,
              revision.number(),
              Priority.RERUN));
    }
    conversations.scheduleIfBehind(conversations.changed(conversation));
    return revisions.size();
  }

  /**
   * Makes the transcript and the summary of a conversation anew.
   *
   * @return false if there is no such conversation
   */
  public boolean summarize(UUID tenant, UUID conversation) {
    return database.inTenant(
        tenant,
        () -> {
          Optional<LockedConversation> locked = conversations.lock(conversation);
          locked.ifPresent(found -> conversations.scheduleAtOnce(conversations.changed(found)));
          return locked.isPresent();
        });
  }

  /** What became of a requeue. */
  public enum Requeued {
    DONE,
    UNKNOWN,
    NOT_FAILED
  }

  /** Runs a FAILED row again with fresh attempts. */
  public Requeued requeue(UUID tenant, UUID rowId) {
    return database.inTenant(
        tenant, () -> ledger.find(rowId).map(this::requeue).orElse(Requeued.UNKNOWN));
  }

  private Requeued requeue(LedgerRow row) {
    if (row.state() != State.FAILED) {
      return Requeued.NOT_FAILED;
    }
    return rules.requeue(row) ? Requeued.DONE : Requeued.NOT_FAILED;
  }

  private record Revision(UUID chunk, long number) {}
}
