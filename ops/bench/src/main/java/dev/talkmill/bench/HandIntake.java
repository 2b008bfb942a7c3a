package dev.talkmill.bench;

import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/** The accepting side of {@link HandWork}. */
final class HandIntake {

  private static final String TENANT = "INSERT INTO tenant (id, name) VALUES (?, 'by hand')";

  private static final String PROJECT =
      """
      INSERT INTO project (tenant_id, id, name, language, title_wanted)
      VALUES (?, ?, 'by hand', 'en', false)
      """;

  private static final String CONVERSATION =
      "INSERT INTO conversation (tenant_id, id, project_id) VALUES (?, ?, ?)";

  /** Takes the conversation's lock, the chunk's place in it, and notes the change. */
  private static final String TAKE_PLACE =
      """
      UPDATE conversation
      SET next_ordinal = next_ordinal + 1, generation = generation + 1, outcome = NULL,
          is_all_chunks_transcribed = false, last_activity_at = clock_timestamp(),
          updated_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ?
      RETURNING next_ordinal - 1
      """;

  private static final String CHUNK =
      """
      INSERT INTO conversation_chunk
        (tenant_id, id, conversation_id, source, ordinal, bytes, sha256, media_type)
      VALUES (?, ?, ?, 'PORTAL_AUDIO', ?, ?, ?, 'audio/webm')
      """;

  private static final String SPOOL =
      "INSERT INTO chunk_spool (tenant_id, chunk_id, body, size) VALUES (?, ?, ?, ?)";

  private static final String FINISH =
      """
      UPDATE conversation
      SET is_finished = true, finished_by = 'host', last_activity_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ?
      """;

  private final Jdbc jdbc;
  private final HandWork.Queue queue;
  private final UUID tenant = UUID.randomUUID();
  private final UUID project = UUID.randomUUID();

  HandIntake(Jdbc jdbc, HandWork.Queue queue) throws SQLException {
    this.jdbc = jdbc;
    this.queue = queue;
    jdbc.update(TENANT, tenant);
    jdbc.update(PROJECT, tenant, project);
  }

  UUID conversation() throws SQLException {
    UUID id = Uuids.v7(Clock.systemUTC());
    jdbc.update(CONVERSATION, tenant, id, project);
    return id;
  }

  void accept(UUID conversation) throws SQLException {
    HandRow row =
        HandRow.of(tenant, project, conversation, Uuids.v7(Clock.systemUTC()), Stage.STORE, 1);
    jdbc.inTransaction(connection -> {
      insert(connection, conversation, row.subject());
      row.insert(connection);
      queue.insideTransaction(connection, row);
      return row;
    });
    queue.afterCommit(row);
  }

  private void insert(Connection connection, UUID conversation, UUID chunk) throws SQLException {
    long ordinal =
        Jdbc.query(connection, row -> row.getLong(1), TAKE_PLACE, tenant, conversation).getFirst();
    byte[] body = Slice.BYTES;
    Jdbc.updateOne(
        connection, CHUNK, tenant, chunk, conversation, ordinal, body.length, Slice.SHA256);
    Jdbc.updateOne(connection, SPOOL, tenant, chunk, body, body.length);
  }

  void finish(UUID conversation) throws SQLException {
    List<HandRow> due =
        jdbc.inTransaction(connection -> {
          Jdbc.updateOne(connection, FINISH, tenant, conversation);
          List<HandRow> rows =
              HandConversation.lock(connection, tenant, conversation)
                  .changed(connection)
                  .due(connection);
          for (HandRow row : rows) {
            queue.insideTransaction(connection, row);
          }
          return rows;
        });
    due.forEach(queue::afterCommit);
  }
}
