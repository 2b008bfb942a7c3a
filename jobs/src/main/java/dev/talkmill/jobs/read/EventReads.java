package dev.talkmill.jobs.read;

import dev.talkmill.jobs.postgres.Database;
import java.util.List;
import java.util.UUID;

/**
 * Stored events in an order in which none is missed. Ids are allotted before commit, so a smaller
 * one can appear after a larger one was read; transactions below the oldest running one can not.
 */
public final class EventReads {

  private static final String AFTER =
      """
      SELECT CAST(xid AS text) AS xid, id, event, data FROM processing_event
      WHERE tenant_id = :tenant AND conversation_id = :conversation
        AND (xid, id) > (CAST(:xid AS xid8), :id)
        AND xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY processing_event.xid, id LIMIT :limit
      """;

  private final Database database;

  public EventReads(Database database) {
    this.database = database;
  }

  /**
   * Where a reader stands.
   *
   * @param xid of the writing transaction, unsigned
   */
  public record Position(long xid, long id) {

    /** Before every event. */
    public static final Position START = new Position(0, 0);

    /** For example {@code 7512-190}. */
    @Override
    public String toString() {
      return Long.toUnsignedString(xid) + "-" + id;
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it is not what {@link #toString} wrote
     */
    public static Position parse(String text) {
      int dash = text.indexOf('-');
      if (dash < 1) {
        throw new IllegalArgumentException("a position has two numbers");
      }
      long id = Long.parseLong(text, dash + 1, text.length(), 10);
      if (id < 0) {
        throw new IllegalArgumentException("an id is not negative");
      }
      return new Position(Long.parseUnsignedLong(text, 0, dash, 10), id);
    }
  }

  /**
   * An event.
   *
   * @param event for example {@code stage.completed}
   * @param json the ledger row as it was then, an object on one line
   */
  public record StoredEvent(Position position, String event, String json) {}

  public List<StoredEvent> after(UUID tenant, UUID conversation, Position position, int limit) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(AFTER)
                .param("tenant", tenant)
                .param("conversation", conversation)
                .param("xid", Long.toUnsignedString(position.xid()))
                .param("id", position.id())
                .param("limit", limit)
                .query((row, number) ->
                    new StoredEvent(
                        new Position(
                            Long.parseUnsignedLong(row.getString("xid")), row.getLong("id")),
                        row.getString("event"),
                        row.getString("data")))
                .list());
  }
}
