package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.conversation.Convergence;

/**
 * Catch-up: finished conversations that are behind and have no row that would make them current.
 * Every path schedules in its own transaction, so this finds something only after a defect or a
 * restore.
 */
public final class ScheduleBehind implements Sweep {

  private static final String FIND =
      """
      SELECT c.tenant_id, c.id FROM conversation c
      WHERE c.is_finished AND c.outcome IS NULL
        AND NOT coalesce(c.expected_chunks > (
              SELECT count(*) FROM conversation_chunk k
              WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                AND k.parent_id IS NULL), false)
        AND NOT EXISTS (SELECT FROM conversation_chunk k
                        WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                          AND k.state = 'OPEN')
        AND NOT EXISTS (SELECT FROM processing_status p
                        WHERE p.tenant_id = c.tenant_id AND p.subject_id = c.id
                          AND p.stage IN ('AGGREGATE', 'SUMMARIZE')
                          AND p.state IN ('PENDING', 'QUEUED', 'PROCESSING'))
      ORDER BY c.tenant_id, c.id LIMIT 200
      """;

  private final Database database;
  private final Conversations conversations;

  public ScheduleBehind(Database database, Conversations conversations) {
    this.database = database;
    this.conversations = conversations;
  }

  @Override
  public String name() {
    return "conversations_behind";
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    return Found.mendEach(
        Found.list(database, FIND),
        conversation -> database.inTenant(conversation.tenant(), () -> mend(conversation)));
  }

  private boolean mend(Found found) {
    return conversations
        .lock(found.id())
        .map(conversations::scheduleIfBehind)
        .filter(Convergence.Behind.class::isInstance)
        .isPresent();
  }
}
