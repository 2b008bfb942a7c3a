package dev.talkmill.jobs.erase;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import java.util.function.LongFunction;

/** Who may still be writing objects of a conversation that is erased, and for how long. */
final class Holders {

  /**
   * Locks them, so that none can be claimed between this look and their cancellation. A claim that
   * has not been ended is counted as a crash: the holder of a released row may be at work still.
   */
  private static final String AT_WORK =
      """
      SELECT coalesce(bool_or(open.state = 'PROCESSING' OR open.crash_count > 0), false)
      FROM (SELECT state, crash_count FROM processing_status
            WHERE tenant_id = :tenant AND conversation_id = :conversation
              AND state || '' IN ('PENDING', 'QUEUED', 'PROCESSING')
            ORDER BY id FOR UPDATE) open
      """;

  /** Of chunks that are not in the store yet: the largest object that STORE may be writing. */
  private static final String BYTES_ON_THE_WAY =
      """
      SELECT coalesce(max(bytes), 0) FROM conversation_chunk
      WHERE tenant_id = :tenant AND conversation_id = :conversation AND storage_key IS NULL
      """;

  private final Database database;
  private final Duration lease;
  private final LongFunction<Duration> storeCallLimit;

  Holders(Database database, Duration lease, LongFunction<Duration> storeCallLimit) {
    this.database = database;
    this.lease = lease;
    this.storeCallLimit = storeCallLimit;
  }

  /**
   * How long the calls of those that are known may last; zero if there are none. {@code EraseStep}
   * says what becomes of what all others write.
   */
  Duration longestWork(LockedConversation conversation) {
    return ask(AT_WORK, conversation, Boolean.class)
        ? lease.plus(storeCallLimit.apply(ask(BYTES_ON_THE_WAY, conversation, Long.class)))
        : Duration.ZERO;
  }

  private <T> T ask(String statement, LockedConversation conversation, Class<T> type) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", database.tenant())
        .param("conversation", conversation.id())
        .query(type)
        .single();
  }
}
