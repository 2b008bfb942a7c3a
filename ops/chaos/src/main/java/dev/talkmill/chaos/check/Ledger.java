package dev.talkmill.chaos.check;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the database says, read as its owner, who sees all tenants. */
final class Ledger implements AutoCloseable {

  private static final String CHUNKS =
      """
      SELECT c.id, c.state, c.code, c.storage_key, t.text
      FROM conversation_chunk c
      LEFT JOIN chunk_transcript t
        ON t.tenant_id = c.tenant_id AND t.chunk_id = c.id AND t.revision = c.revision
      WHERE c.parent_id IS NULL
      """;

  private static final String TRANSCRIPTS =
      "SELECT conversation_id, text FROM transcript WHERE is_current";

  /** In milliseconds of the epoch. */
  private static final String SETTLED =
      """
      SELECT conversation_id, (extract(epoch FROM max(finished_at)) * 1000)::bigint
      FROM processing_status GROUP BY conversation_id
      """;

  private static final String GAPS =
      """
      SELECT extract(epoch FROM gap), event, stage, cause FROM (
        SELECT created_at - lag(created_at) OVER (ORDER BY created_at) AS gap, event,
               data ->> 'stage' AS stage, data ->> 'error_code' AS cause
        FROM processing_event WHERE conversation_id = ?) AS events
      WHERE gap IS NOT NULL ORDER BY gap DESC LIMIT 3
      """;

  private final Connection connection;

  Ledger(DatabaseAddress address) throws SQLException {
    connection = address.open();
  }

  /** A chunk as it ended. */
  record Row(String state, @Nullable String code, @Nullable String key, @Nullable String text) {}

  /** Reads one row into a collection. */
  @FunctionalInterface
  private interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  Map<UUID, Row> chunks() throws SQLException {
    Map<UUID, Row> chunks = new HashMap<>();
    read(
        CHUNKS,
        row ->
            chunks.put(
                row.getObject(1, UUID.class),
                new Row(row.getString(2), row.getString(3), row.getString(4), row.getString(5))));
    return chunks;
  }

  /** The current transcript of each conversation. */
  Map<UUID, String> transcripts() throws SQLException {
    Map<UUID, String> transcripts = new HashMap<>();
    read(TRANSCRIPTS, row -> transcripts.put(row.getObject(1, UUID.class), row.getString(2)));
    return transcripts;
  }

  /** When the last row of each conversation ended. */
  Map<UUID, Long> settled() throws SQLException {
    Map<UUID, Long> settled = new HashMap<>();
    read(SETTLED, row -> settled.put(row.getObject(1, UUID.class), row.getLong(2)));
    return settled;
  }

  /** The longest times in which nothing happened to a conversation, each with what came then. */
  List<String> longestGaps(UUID conversation) throws SQLException {
    List<String> gaps = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(GAPS)) {
      statement.setObject(1, conversation);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          gaps.add(
              "%.1f s before %s of %s (%s)"
                  .formatted(
                      rows.getDouble(1), rows.getString(2), rows.getString(3), rows.getString(4)));
        }
      }
    }
    return gaps;
  }

  List<UUID> ids(String query) throws SQLException {
    List<UUID> ids = new ArrayList<>();
    read(query, row -> ids.add(row.getObject(1, UUID.class)));
    return ids;
  }

  long count(String query) throws SQLException {
    List<Long> counts = new ArrayList<>();
    read(query, row -> counts.add(row.getLong(1)));
    return counts.getFirst();
  }

  private void read(String query, Reader reader) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        reader.read(rows);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
