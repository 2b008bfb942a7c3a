package dev.talkmill.bench;

import dev.talkmill.pipeline.ledger.Stage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** A conversation's row, locked, and the fan-in that hangs on it. */
record HandConversation(
    UUID tenant, UUID id, UUID project, boolean finished, long generation, long madeOf) {

  private static final String COLUMNS =
      "tenant_id, id, project_id, is_finished, generation, transcript_generation";

  private static final String LOCK =
      "SELECT " + COLUMNS + " FROM conversation WHERE tenant_id = ? AND id = ? FOR NO KEY UPDATE";

  private static final String CHANGED =
      """
      UPDATE conversation c
      SET generation = generation + 1, outcome = NULL, updated_at = clock_timestamp(),
          is_all_chunks_transcribed =
            NOT EXISTS (SELECT FROM conversation_chunk k
                        WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                          AND k.state = 'OPEN')
      WHERE tenant_id = ? AND id = ?
      RETURNING\
      """
          + " "
          + COLUMNS;

  /** A statement after the one that took the lock, so that it sees what the others have ended. */
  private static final String OPEN_CHUNKS =
      """
      SELECT EXISTS (SELECT FROM conversation_chunk
                     WHERE tenant_id = ? AND conversation_id = ? AND state = 'OPEN')
      """;

  private static HandConversation read(ResultSet row) throws SQLException {
    return new HandConversation(
        row.getObject(1, UUID.class),
        row.getObject(2, UUID.class),
        row.getObject(3, UUID.class),
        row.getBoolean(4),
        row.getLong(5),
        row.getLong(6));
  }

  static HandConversation lock(Connection connection, UUID tenant, UUID id) throws SQLException {
    return Jdbc.query(connection, HandConversation::read, LOCK, tenant, id).getFirst();
  }

  HandConversation changed(Connection connection) throws SQLException {
    return Jdbc.query(connection, HandConversation::read, CHANGED, tenant, id).getFirst();
  }

  /** What is due if this was the last that the conversation waited for: one row, or none. */
  List<HandRow> due(Connection connection) throws SQLException {
    if (Jdbc.query(connection, row -> row.getBoolean(1), OPEN_CHUNKS, tenant, id).getFirst()
        || !finished
        || madeOf == generation) {
      return List.of();
    }
    HandRow row = HandRow.of(tenant, project, id, id, Stage.AGGREGATE, generation);
    row.insert(connection);
    return List.of(row);
  }
}
