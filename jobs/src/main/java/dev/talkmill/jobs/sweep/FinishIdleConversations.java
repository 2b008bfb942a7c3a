package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import java.util.Map;

/**
 * Finishes conversations whose host never did: no accepted chunk for a while, by the server's
 * clock, and no upload under way. It also stops waiting for chunks that a finish had named and that
 * never came.
 */
public final class FinishIdleConversations implements Sweep {

  /** Its finish named more chunks than have come; a conversation whose work is slow is not idle. */
  private static final String WAITS =
      """
      c.expected_chunks > (SELECT count(*) FROM conversation_chunk k
                           WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                             AND k.parent_id IS NULL)
      """;

  /** Now() and not clock_timestamp(), or all that are open would be read. */
  private static final String QUIET = "last_activity_at < now() - make_interval(secs => :idle)";

  private static final String OPEN =
      """
      SELECT last_activity_at, tenant_id, id, is_finished, expected_chunks FROM conversation
      WHERE NOT is_finished AND last_activity_at IS NOT NULL AND\
      """
          + " "
          + QUIET;

  private static final String EXPECTING =
      """
      SELECT last_activity_at, tenant_id, id, is_finished, expected_chunks FROM conversation
      WHERE is_finished AND outcome IS NULL AND expected_chunks IS NOT NULL AND\
      """
          + " "
          + QUIET;

  /**
   * While a chunk is at work nothing could be made of it anyway, so that chunks are only counted of
   * conversations that nothing else keeps waiting. OFFSET 0 keeps each a probe of an index.
   */
  private static final String IDLE =
      """
      CASE
        WHEN EXISTS (SELECT FROM upload u
                     WHERE u.tenant_id = c.tenant_id AND u.conversation_id = c.id
                       AND u.chunk_id IS NULL AND u.expires_at > clock_timestamp() OFFSET 0)
          THEN false
        WHEN NOT c.is_finished THEN true
        WHEN EXISTS (SELECT FROM conversation_chunk k
                     WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                       AND k.state = 'OPEN' OFFSET 0) THEN false
        ELSE WAITS
      END
      """
          .replace("WAITS", WAITS);

  private static final String STILL_IDLE =
      """
      SELECT c.last_activity_at < clock_timestamp() - make_interval(secs => :idle)
             AND (NOT c.is_finished OR WAITS)
      FROM conversation c WHERE c.tenant_id = :tenant AND c.id = :id
      """
          .replace("WAITS", WAITS);

  private static final String NAME = "idle_conversations";

  private final Database database;
  private final Pass pass;
  private final Conversations conversations;
  private final Duration idle;

  public FinishIdleConversations(Database database, Conversations conversations, Duration idle) {
    this.database = database;
    this.pass = new Pass(database, NAME, Pass.Order.ACTIVITY, IDLE, OPEN, EXPECTING);
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
        Map.of("idle", idle.toMillis() / 1000.0));
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
