package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A sweep's pass over all that may need mending, a page a round, in the order of an index. A round
 * looks at so many candidates and mends at most so many, whatever the backlog of healthy ones is.
 * What cannot be mended is still there the next time; since a round goes on behind the last one, it
 * is met once a pass and keeps nothing behind it from its turn, however much of it there is.
 */
final class Pass {

  /** Subjects that a round mends at the most. */
  static final int PAGE = 200;

  /** Candidates that a round looks at: some milliseconds of probes of an index. */
  static final int LOOKED_AT = 1_000;

  /** The order of a pass: columns of an index, the first of which may be a time. */
  record Order(List<String> columns) {

    static final Order ID = of("tenant_id", "id");
    static final Order CONVERSATION = of("tenant_id", "conversation_id", "id");
    static final Order ACTIVITY = of("last_activity_at", "tenant_id", "id");
    static final Order LEASE = of("lease_until", "tenant_id", "id");

    private static Order of(String... columns) {
      return new Order(List.of(columns));
    }

    String list() {
      return String.join(", ", columns);
    }

    /** What comes behind the parameters p0, p1 and so on. */
    String behind() {
      return columns.stream()
          .map(column ->
              "CAST(:p%d AS %s)"
                  .formatted(columns.indexOf(column), isTime(column) ? "timestamptz" : "uuid"))
          .collect(Collectors.joining(", ", "(" + list() + ") > (", ")"));
    }

    /** Values of these parameters; those of the start where the place is none of this order. */
    Map<String, Object> params(@Nullable String place) {
      String[] parts = place == null ? new String[0] : place.split("/", -1);
      Map<String, Object> params = new HashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        String start = isTime(columns.get(i)) ? "-infinity" : new UUID(0, 0).toString();
        params.put("p" + i, parts.length == columns.size() ? parts[i] : start);
      }
      return params;
    }

    private static boolean isTime(String column) {
      return !column.endsWith("id");
    }
  }

  private final Database database;
  private final Cursor cursor;
  private final Order order;
  private final String look;

  /**
   * A pass over what one or several queries find.
   *
   * @param needsMending a condition on a candidate, which is called {@code c}
   * @param candidates each selects the columns of the order and of the condition, with a WHERE, in
   *     no order and without a bound; an index leads from one to the next
   */
  Pass(Database database, String sweep, Order order, String needsMending, String... candidates) {
    this.database = database;
    this.cursor = new Cursor(database, sweep);
    this.order = order;
    String bounded = " AND " + order.behind() + " ORDER BY " + order.list() + " LIMIT " + LOOKED_AT;
    this.look =
        """
        WITH looked AS MATERIALIZED (
          SELECT * FROM (CANDIDATES) AS candidates ORDER BY COLUMNS LIMIT LOOKED_AT),
        found AS MATERIALIZED (
          SELECT * FROM looked c WHERE NEEDS_MENDING ORDER BY COLUMNS LIMIT PAGE)
        SELECT tenant_id, id, concat_ws('/', COLUMNS) AS place, found FROM (
          SELECT *, true AS found FROM found
          UNION ALL
          (SELECT *, false AS found FROM looked ORDER BY COLUMNS OFFSET LOOKED_AT - 1)) AS all_rows
        ORDER BY found DESC, COLUMNS
        """
            .replace("NEEDS_MENDING", needsMending)
            .replace("COLUMNS", order.list())
            .replace("LOOKED_AT", String.valueOf(LOOKED_AT))
            .replace("PAGE", String.valueOf(PAGE))
            .replace(
                "CANDIDATES",
                Stream.of(candidates)
                    .map(query -> "(" + query + bounded + ")")
                    .collect(Collectors.joining(" UNION ALL ")));
  }

  /**
   * What a round saw.
   *
   * @param next where the next round goes on; null if there is nothing behind
   */
  private record Seen(List<Found> found, @Nullable String next) {}

  private record Row(Found subject, String place, boolean found) {}

  /**
   * Mends the subjects of one round; one that fails does not keep the others from being mended.
   *
   * @param mend says whether anything was changed
   * @param params of the queries
   * @return how many were mended; throws what one failed with if none was
   */
  int round(Predicate<Found> mend, Map<String, ?> params) {
    @Nullable String from = cursor.read();
    Seen seen = look(from, params);
    if (from != null && seen.found().isEmpty() && seen.next() == null) {
      seen = look(null, params);
    }
    try {
      return Found.mendEach(seen.found(), mend);
    } finally {
      cursor.advance(from, seen.next());
    }
  }

  private Seen look(@Nullable String from, Map<String, ?> params) {
    List<Row> rows =
        database.inSystem(() -> {
          Plans.byIndex(database);
          return database
              .sql()
              .sql(look)
              .params(params)
              .params(order.params(from))
              .query((row, number) ->
                  new Row(
                      new Found(
                          row.getObject("tenant_id", UUID.class), row.getObject("id", UUID.class)),
                      row.getString("place"),
                      row.getBoolean("found")))
              .list();
        });
    List<Found> found = rows.stream().filter(Row::found).map(Row::subject).toList();
    if (found.size() == PAGE) {
      return new Seen(found, rows.get(PAGE - 1).place());
    }
    return new Seen(found, rows.size() == found.size() ? null : rows.getLast().place());
  }
}
