package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.conversation.Convergence;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catch-up: finished conversations that are behind and have no row that would make them current.
 * Every path schedules in its own transaction, so this finds something only after a defect or a
 * restore.
 */
public final class ScheduleBehind implements Sweep {

  private static final String UNSETTLED =
      """
      SELECT tenant_id, id, expected_chunks FROM conversation
      WHERE is_finished AND outcome IS NULL
      """;

  /**
   * The cheap questions first: chunks are only counted of conversations that nothing else keeps
   * waiting. OFFSET 0 keeps each a probe of an index.
   */
  private static final String NOTHING_UNDER_WAY =
      """
      CASE
        WHEN EXISTS (SELECT FROM conversation_chunk k
                     WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                       AND k.state = 'OPEN' OFFSET 0) THEN false
        WHEN EXISTS (SELECT FROM processing_status p
                     WHERE p.tenant_id = c.tenant_id AND p.subject_id = c.id
                       AND p.stage IN ('AGGREGATE', 'SUMMARIZE')
                       AND p.state IN ('PENDING', 'QUEUED', 'PROCESSING') OFFSET 0) THEN false
        WHEN c.expected_chunks IS NULL THEN true
        ELSE c.expected_chunks <= (SELECT count(*) FROM conversation_chunk k
                                   WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                                     AND k.parent_id IS NULL)
      END
      """;

  private static final String HAS_OPEN_ROW =
      """
      SELECT EXISTS (SELECT FROM processing_status
                     WHERE tenant_id = :tenant AND subject_id = :id
                       AND stage IN ('AGGREGATE', 'SUMMARIZE')
                       AND state IN ('PENDING', 'QUEUED', 'PROCESSING'))
      """;

  private static final Logger log = LoggerFactory.getLogger(ScheduleBehind.class);
  private static final String NAME = "conversations_behind";

  private final Database database;
  private final Pass pass;
  private final Conversations conversations;

  public ScheduleBehind(Database database, Conversations conversations) {
    this.database = database;
    this.pass = new Pass(database, NAME, Pass.Order.ID, NOTHING_UNDER_WAY, UNSETTLED);
    this.conversations = conversations;
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
    return pass.round(
        conversation -> database.inTenant(conversation.tenant(), () -> mend(conversation)),
        Map.of());
  }

  /** Looks again under the lock, before and after: what changes nothing has mended nothing. */
  private boolean mend(Found found) {
    Optional<LockedConversation> conversation = conversations.lock(found.id());
    if (conversation.isEmpty() || hasOpenRow(found)) {
      return false;
    }
    Convergence verdict = conversations.scheduleIfBehind(conversation.get());
    boolean mended = hasOpenRow(found);
    if (!mended && !(verdict instanceof Convergence.NotYet)) {
      // To repeat it by itself could go on for ever; an operator's request for a summary does it.
      log.warn("conversation {} is behind, but the work of its generation has ended", found.id());
    }
    return mended;
  }

  private boolean hasOpenRow(Found found) {
    return database
        .sql()
        .sql(HAS_OPEN_ROW)
        .param("tenant", found.tenant())
        .param("id", found.id())
        .query(Boolean.class)
        .single();
  }
}
