package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;

/**
 * Finishes conversations whose host never did: no accepted chunk for a while, by the server's
 * clock, and no upload under way. It also stops waiting for chunks that a finish had named and that
 * never came.
 */
public final class FinishIdleConversations implements Sweep {

  /** Two arms, each over a partial index of what is open; history is never read. */
  private static final String FIND =
      """
      SELECT c.tenant_id, c.id FROM (
        (SELECT tenant_id, id, last_activity_at FROM conversation
         WHERE NOT is_finished AND last_activity_at < clock_timestamp() - make_interval(secs => ?)
         ORDER BY last_activity_at LIMIT 1000)
        UNION ALL
        (SELECT tenant_id, id, last_activity_at FROM conversation
         WHERE is_finished AND outcome IS NULL AND expected_chunks IS NOT NULL
           AND last_activity_at < clock_timestamp() - make_interval(secs => ?)
         LIMIT 1000)) c
      WHERE NOT EXISTS (SELECT FROM upload u
                        WHERE u.tenant_id = c.tenant_id AND u.conversation_id = c.id
                          AND u.state = 'OPEN' AND u.expires_at > clock_timestamp())
      LIMIT 200
      """;

  private static final String STILL_IDLE =
      """
      SELECT last_activity_at < clock_timestamp() - make_interval(secs => :idle)
             AND (NOT is_finished OR expected_chunks IS NOT NULL)
      FROM conversation WHERE tenant_id = :tenant AND id = :id
      """;

  private final Database database;
  private final Conversations conversations;
  private final Duration idle;

  public FinishIdleConversations(Database database, Conversations conversations, Duration idle) {
    this.database = database;
    this.conversations = conversations;
    this.idle = idle;
  }

  @Override
  public String name() {
    return "idle_conversations";
  }

  /** Hosts forget to finish; that is no fault of ours. */
  @Override
  public boolean heals() {
    return false;
  }

  @Override
  public int runOnce() {
    int finished = 0;
    for (Found conversation :
        Found.list(database, FIND, idle.toMillis() / 1000.0, idle.toMillis() / 1000.0)) {
      finished += database.inTenant(conversation.tenant(), () -> finish(conversation)) ? 1 : 0;
    }
    return finished;
  }

  private boolean finish(Found found) {
    LockedConversation conversation = conversations.lock(found.id()).orElse(null);
    if (conversation == null || !stillIdle(found)) {
      return false;
    }
    conversations.scheduleIfBehind(conversations.finish(conversation, "idle", null));
    return true;
  }

  private boolean stillIdle(Found found) {
    return database
        .sql()
        .sql(STILL_IDLE)
        .param("tenant", found.tenant())
        .param("id", found.id())
        .param("idle", idle.toMillis() / 1000.0)
        .query(Boolean.class)
        .single();
  }
}
