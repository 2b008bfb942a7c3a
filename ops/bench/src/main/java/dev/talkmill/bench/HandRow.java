package dev.talkmill.bench;

import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;

/** A row of the ledger as hand-written code needs it. */
record HandRow(
    UUID tenant,
    UUID id,
    UUID project,
    UUID conversation,
    UUID subject,
    Stage stage,
    long generation) {

  static final String COLUMNS =
      "p.tenant_id, p.id, p.project_id, p.conversation_id, p.subject_id, p.stage, p.generation";

  private static final String INSERT =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority)
      VALUES (?, ?, ?, ?, ?, ?, ?, 0)
      """;

  /** The lease is there because the table asks for one; nobody renews it or looks at it. */
  private static final String INSERT_CLAIMED =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority, state,
         lease_until, started_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'PROCESSING',
              clock_timestamp() + interval '1 day', clock_timestamp())
      """;

  private static final String COMPLETE =
      """
      UPDATE processing_status
      SET state = 'COMPLETED', outcome = 'ok', attempts = attempts + 1, lease_until = NULL,
          finished_at = clock_timestamp(), updated_at = clock_timestamp(),
          duration_ms = extract(epoch FROM clock_timestamp() - started_at) * 1000
      WHERE tenant_id = ? AND id = ? AND state = 'PROCESSING'
      """;

  static HandRow read(ResultSet row) throws SQLException {
    return new HandRow(
        row.getObject(1, UUID.class),
        row.getObject(2, UUID.class),
        row.getObject(3, UUID.class),
        row.getObject(4, UUID.class),
        row.getObject(5, UUID.class),
        Stage.valueOf(row.getString(6)),
        row.getLong(7));
  }

  /** Work on a subject that begins with {@code stage}. */
  static HandRow of(
      UUID tenant, UUID project, UUID conversation, UUID subject, Stage stage, long generation) {
    return new HandRow(
        tenant, Uuids.v7(Clock.systemUTC()), project, conversation, subject, stage, generation);
  }

  /** The following stage of the same subject. */
  HandRow then(Stage next) {
    return of(tenant, project, conversation, subject, next, generation);
  }

  void insert(Connection connection) throws SQLException {
    insert(connection, INSERT);
  }

  /** Inserts the row as already taken by whoever inserts it. */
  HandRow insertClaimed(Connection connection) throws SQLException {
    insert(connection, INSERT_CLAIMED);
    return this;
  }

  private void insert(Connection connection, String statement) throws SQLException {
    Jdbc.updateOne(
        connection,
        statement,
        tenant,
        id,
        project,
        conversation,
        subject,
        stage.name(),
        generation);
  }

  void complete(Connection connection) throws SQLException {
    Jdbc.updateOne(connection, COMPLETE, tenant, id);
  }
}
