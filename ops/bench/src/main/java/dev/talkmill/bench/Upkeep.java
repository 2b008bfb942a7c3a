package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done by SQL between two measurements in a database of Talkmill, and what is read. It
 * scans no table, so that the scans that are counted are the pipeline's, and leaves no events.
 */
final class Upkeep {

  private static final String OTHERS =
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid()
      """;

  /** Tables that grow with every chunk or conversation that there ever was. */
  static final List<String> HISTORY =
      List.of("processing_status", "processing_event", "conversation_chunk", "conversation");

  private static final String SEQUENTIAL_SCANS =
      """
      SELECT sum(seq_scan) FROM pg_stat_user_tables
      WHERE schemaname = 'talkmill' AND relname IN ('%s')
      """
          .formatted(String.join("', '", HISTORY));

  /** Of every session. */
  private static final String[] SETUP = {
    "SET search_path = talkmill",
    "SET session_replication_role = replica",
    "SET enable_seqscan = off"
  };

  private final Address address;

  Upkeep(Address address) {
    this.address = address;
  }

  /**
   * A hundred rows that are due, of as many tenants and in four classes, and nothing about them.
   */
  void batch(int size) {
    execute(
        """
        INSERT INTO processing_status
          (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority)
        SELECT md5('t' || n)::uuid, uuidv7(), md5('t' || n)::uuid, uuidv7(), uuidv7(),
               'TRANSCRIBE', 1, n % 4
        FROM generate_series(1, :size) AS n
        """
            .replace(":size", String.valueOf(size)));
  }

  /** Ends what is QUEUED, as if it had been worked off, and forgets its jobs. */
  void workedOff() {
    execute(
        """
        WITH done AS (
          UPDATE processing_status
          SET state = 'COMPLETED', outcome = 'ok', finished_at = clock_timestamp(),
              lease_until = NULL
          WHERE state = 'QUEUED'
          RETURNING tenant_id, subject_id),
        forgotten AS (DELETE FROM jobrunr.jobrunr_jobs)
        UPDATE conversation_chunk k SET state = 'TRANSCRIBED'
        FROM done WHERE k.tenant_id = done.tenant_id AND k.id = done.subject_id
        """);
  }

  /** Lets the sweeps that may only run now and then run again, and keeps recorders from idling. */
  void rested() {
    execute(
        "DELETE FROM sweep_lease",
        """
        UPDATE conversation SET last_activity_at = now() + interval '1 day'
        WHERE NOT is_finished AND last_activity_at < now()
        """);
  }

  /** A page of keys of stored chunks. */
  List<String> keys(int count) throws SQLException {
    List<String> keys = new ArrayList<>();
    try (Connection connection = Pools.owner(address).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT storage_key FROM talkmill.conversation_chunk LIMIT " + count)) {
      while (row.next()) {
        keys.add(row.getString(1));
      }
    }
    return keys;
  }

  /**
   * Sequential scans of the history so far. Sessions report what they did when they end, so those
   * of others are waited for.
   */
  long sequentialScans() throws SQLException {
    try (Connection connection = Pools.owner(address).getConnection();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 100 && number(statement, OTHERS) > 0; i++) {
        statement.execute("SELECT pg_sleep(0.1)");
      }
      return number(statement, SEQUENTIAL_SCANS);
    }
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Runs statements on a connection of their own. */
  void execute(String... statements) {
    List<String> all = new ArrayList<>(List.of(SETUP));
    all.addAll(List.of(statements));
    Stand.execute(address, all.toArray(String[]::new));
  }
}
