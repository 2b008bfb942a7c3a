package dev.talkmill.chaos;

import dev.talkmill.chaos.check.DatabaseAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

/** Triggers on the ledger that tell the checker who wrote what, and how much of it is open. */
final class Watch {

  private static final String OPEN =
      """
      SELECT (SELECT count(*) FROM processing_status
              WHERE state IN ('PENDING', 'QUEUED', 'PROCESSING'))
           + (SELECT count(*) FROM conversation WHERE is_finished AND outcome IS NULL)
      """;

  private static final String NOW_MICROS =
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

  private static final String LAST =
      """
      SELECT string_agg(said, ', ') FROM (
        SELECT format('%s %s s ago, after %s s', stage,
                      extract(epoch FROM clock_timestamp() - finished_at)::int,
                      extract(epoch FROM finished_at - created_at)::int) AS said
        FROM processing_status WHERE finished_at IS NOT NULL
        ORDER BY finished_at DESC LIMIT 3) AS latest
      """;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  private final DatabaseAddress database;

  /** Puts the triggers on a schema that has been migrated. */
  Watch(DatabaseAddress database) throws SQLException {
    this.database = database;
    execute(script());
  }

  private static String script() {
    try (InputStream in = Watch.class.getResourceAsStream("/watch.sql")) {
      return new String(
          Objects.requireNonNull(in, "watch.sql").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stale writes that were tried so far. */
  long tried() throws SQLException {
    return number("SELECT last_value FROM chaos.tried");
  }

  /** A sequence jumps ahead when its server crashes; this takes the jump back. */
  void triedIs(long tried) throws SQLException {
    execute("SELECT setval('chaos.tried', %d)".formatted(tried));
  }

  /** Waits until nothing is left to do; false if that takes longer than the limit. */
  boolean awaitQuiet(Duration limit) throws SQLException {
    return awaitZero(OPEN, limit);
  }

  /** The stages of the rows that ended last, with how long ago. */
  String last() throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LAST)) {
      return row.next() ? row.getString(1) : "";
    }
  }

  /** Waits until a row ends that has not ended yet; false if that takes longer than the limit. */
  boolean awaitProgress(Duration limit) throws SQLException {
    return awaitZero(
        """
        SELECT CASE WHEN EXISTS (
          SELECT FROM processing_status
          WHERE finished_at > to_timestamp(%d / 1000000.0)) THEN 0 ELSE 1 END
        """
            .formatted(number(NOW_MICROS)),
        limit);
  }

  /** Waits until conversations have an outcome; false if that takes longer than the limit. */
  boolean awaitSettled(List<UUID> conversations, Duration limit) throws SQLException {
    String ids =
        conversations.stream()
            .map(conversation -> "'" + conversation + "'")
            .collect(Collectors.joining(", "));
    return conversations.isEmpty()
        || awaitZero(
            "SELECT count(*) FROM conversation WHERE outcome IS NULL AND id IN (%s)".formatted(ids),
            limit);
  }

  private boolean awaitZero(String query, Duration limit) throws SQLException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (number(query) > 0) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Pause.of(LOOK_AGAIN);
    }
    return true;
  }

  /** From the next session on, a commit is answered before it is on the disk. */
  void acknowledgeEarly() throws SQLException {
    execute("ALTER DATABASE talkmill SET synchronous_commit = off");
  }

  private long number(String query) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new IllegalStateException("no row: " + query);
      }
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      boolean _ = statement.execute(sql);
    }
  }
}
