package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import org.jspecify.annotations.Nullable;

/**
 * How far a sweep has come, kept in the database, so that processes that never live for long come
 * through, too. Every process may move it.
 */
final class Cursor {

  private static final String READ = "SELECT coalesce(cursor, '') FROM sweep_lease WHERE name = ?";

  /** From where a round began: one that was overtaken by another process's moves nothing. */
  private static final String ADVANCE =
      """
      INSERT INTO sweep_lease AS l (name, holder, lease_until, cursor)
      VALUES (:name, '00000000-0000-0000-0000-000000000000', '-infinity', :next)
      ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor
      WHERE l.cursor IS NOT DISTINCT FROM CAST(:from AS text)
      """;

  private final Database database;
  private final String sweep;

  Cursor(Database database, String sweep) {
    this.database = database;
    this.sweep = sweep;
  }

  /** Reads it; null at the beginning. */
  @Nullable String read() {
    String cursor =
        database.inSystem(
            () -> database.sql().sql(READ).params(sweep).query(String.class).optional().orElse(""));
    return cursor.isEmpty() ? null : cursor;
  }

  /** Moves it; {@code next} null begins anew. */
  void advance(@Nullable String from, @Nullable String next) {
    if (from == null && next == null) {
      return;
    }
    database.inSystem(() ->
        database
            .sql()
            .sql(ADVANCE)
            .param("name", sweep)
            .param("from", from)
            .param("next", next)
            .update());
  }
}
