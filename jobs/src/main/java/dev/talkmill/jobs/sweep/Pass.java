package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A sweep's pass over all that it finds, a page a round, in the order of keys. What cannot be
 * mended is still found the next time; since a round goes on behind the last one, it is met once a
 * pass and keeps nothing behind it from its turn, however much of it there is. The place is kept in
 * the database, so processes that never live for long come through, too.
 */
final class Pass {

  /** Subjects of a round. */
  static final int PAGE = 200;

  private static final String CURSOR =
      "SELECT coalesce(cursor, '') FROM sweep_lease WHERE name = ?";

  private static final String PAGE_AFTER =
      """
      SELECT tenant_id, id FROM found WHERE (tenant_id, id) > (?, ?)
      ORDER BY tenant_id, id LIMIT ?
      """;

  /** From where this round began: one that was overtaken by another process's moves nothing. */
  private static final String ADVANCE =
      """
      INSERT INTO sweep_lease AS l (name, holder, lease_until, cursor)
      VALUES (:name, '00000000-0000-0000-0000-000000000000', '-infinity', :next)
      ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor
      WHERE l.cursor IS NOT DISTINCT FROM CAST(:from AS text)
      """;

  private static final Found START = new Found(new UUID(0, 0), new UUID(0, 0));

  private final Database database;
  private final String sweep;
  private final String find;

  /**
   * A pass over what a query finds.
   *
   * @param find selects tenant_id and id of each subject, in no order and without a bound
   */
  Pass(Database database, String sweep, String find) {
    this.database = database;
    this.sweep = sweep;
    // Found first and ordered then: the order of keys must not choose the plan.
    this.find = "WITH found AS MATERIALIZED (\n" + find + ")\n" + PAGE_AFTER;
  }

  /**
   * Mends the subjects of one round; one that fails does not keep the others from being mended.
   *
   * @param mend says whether anything was changed
   * @param params of the query
   * @return how many were mended; throws what one failed with if none was
   */
  int round(Predicate<Found> mend, Object... params) {
    String from = database.inSystem(this::cursor);
    List<Found> page = page(from == null ? START : Found.at(from), params);
    if (page.isEmpty() && from != null) {
      page = page(START, params);
    }
    String next = page.size() < PAGE ? null : page.getLast().cursor();
    try {
      return Found.mendEach(page, mend);
    } finally {
      if (from != null || next != null) {
        database.inSystem(() -> advance(from, next));
      }
    }
  }

  private @Nullable String cursor() {
    String cursor =
        database.sql().sql(CURSOR).params(sweep).query(String.class).optional().orElse("");
    return cursor.isEmpty() ? null : cursor;
  }

  private List<Found> page(Found after, Object... params) {
    List<Object> all = new ArrayList<>();
    Collections.addAll(all, params);
    Collections.addAll(all, after.tenant(), after.id(), PAGE);
    return Found.list(database, find, all);
  }

  private int advance(@Nullable String from, @Nullable String next) {
    return database
        .sql()
        .sql(ADVANCE)
        .param("name", sweep)
        .param("from", from)
        .param("next", next)
        .update();
  }
}
