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

  /** Its finish named more chunks than have come; a conversation whose work is slow is not idle. */
  private static final String WAITS =
      """
      w.expected_chunks > (SELECT count(*) FROM conversation_chunk k
                           WHERE k.tenant_id = w.tenant_id AND k.conversation_id = w.id
                             AND k.parent_id IS NULL)
      """;

  /** Two parts, for each its own partial index: it costs what is open, not what has ever been. */
  private static final String FIND =
      """
      SELECT c.tenant_id, c.id
      FROM (SELECT tenant_id, id, last_activity_at FROM conversation
            WHERE NOT is_finished AND last_activity_at IS NOT NULL
            UNION ALL
            SELECT tenant_id, id, last_activity_at FROM conversation w
            WHERE is_finished AND outcome IS NULL AND WAITS) c
      WHERE c.last_activity_at < now() - make_interval(secs => ?)
        AND NOT EXISTS (SELECT FROM upload u
                        WHERE u.tenant_id = c.tenant_id AND u.conversation_id = c.id
                          AND u.state = 'OPEN' AND u.expires_at > clock_timestamp())
      """
          .replace("WAITS", WAITS);

  private static final String STILL_IDLE =
      """
      SELECT w.last_activity_at < clock_timestamp() - make_interval(secs => :idle)
             AND (NOT w.is_finished OR WAITS)
      FROM conversation w WHERE w.tenant_id = :tenant AND w.id = :id
      """
          .replace("WAITS", WAITS);

  private static final String NAME = "idle_conversations";

  private final Database database;
  private final Pass pass;
  private final Conversations conversations;
  private final Duration idle;

  public FinishIdleConversations(Database database, Conversations conversations, Duration idle) {
    this.database = database;
    this.pass = new Pass(database, NAME, FIND);
    this.conversations = conversations;
    this.idle = idle;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Hosts forget to finish; that is no fault of ours. */
  @Override
  public boolean heals() {
    return false;
  }

  @Override
  public int runOnce() {
    return pass.round(
        conversation -> database.inTenant(conversation.tenant(), () -> finish(conversation)),
        idle.toMillis() / 1000.0);
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
