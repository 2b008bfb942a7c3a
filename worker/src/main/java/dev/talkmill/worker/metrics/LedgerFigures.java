package dev.talkmill.worker.metrics;

import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.pause.Pause;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The ledger at one moment.
 *
 * @param rows open and FAILED rows by stage and state; what is not there is 0
 * @param oldestDueSeconds how long the oldest PENDING row has been due that is not paused; 0 if
 *     none is
 * @param paused what operators have paused, by kind
 * @param spoolBytes accepted bytes that wait for the object store
 * @param behind finished conversations that have not settled
 */
record LedgerFigures(
    Map<Stage, Map<State, Long>> rows,
    double oldestDueSeconds,
    Map<Pause.Kind, Long> paused,
    long spoolBytes,
    long behind) {

  /**
   * Reads partial indexes of what is open and never history. Each part is cut off at {@code most},
   * so that no backlog makes a look expensive.
   */
  static final String ROWS =
      """
      SELECT stage, state, count(*) AS rows FROM (
        (SELECT stage, 'PENDING' AS state FROM processing_status
         WHERE state = 'PENDING' LIMIT :most)
        UNION ALL
        (SELECT stage, state FROM processing_status
         WHERE state IN ('QUEUED', 'PROCESSING') LIMIT :most)
        UNION ALL
        (SELECT stage, 'FAILED' AS state FROM processing_status
         WHERE state = 'FAILED' LIMIT :most)) AS open
      GROUP BY stage, state
      """;

  static final String REST =
      """
      SELECT (SELECT coalesce(sum(size), 0) FROM chunk_spool) AS spool,
             (SELECT count(*) FROM (
                SELECT FROM conversation
                WHERE is_finished AND outcome IS NULL LIMIT :most) AS open) AS behind
      """;

  static final String OLDEST =
      "SELECT min(next_attempt_at) FROM processing_status WHERE state = 'PENDING'";

  /** What is paused may be the oldest million, and is stepped over. */
  private static final String OLDEST_NOT_PAUSED =
      "SELECT oldest_due(CAST(:stages AS text[]), CAST(:without AS uuid[]))";

  private static final String WAITED =
      "SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - (%s)), 0), 0)";

  private static final String PAUSED = "SELECT kind, count(*) AS pauses FROM pause GROUP BY kind";

  /** Rows that are counted of a kind at the most; a figure at this bound means "or more". */
  private static final int MOST = 1_000_000;

  static LedgerFigures read(Database database, Holds holds) {
    return database.inSystem(() -> {
      Plans.byIndex(database);
      Map<Stage, Map<State, Long>> rows = rows(database);
      double oldest = oldestDueSeconds(database, holds.stages(), holds.tenants());
      Map<Pause.Kind, Long> paused = paused(database);
      return database
          .sql()
          .sql(REST)
          .param("most", MOST)
          .query((row, number) ->
              new LedgerFigures(rows, oldest, paused, row.getLong("spool"), row.getLong("behind")))
          .single();
    });
  }

  private static double oldestDueSeconds(
      Database database, Set<Stage> pausedStages, Set<UUID> pausedTenants) {
    if (pausedStages.isEmpty() && pausedTenants.isEmpty()) {
      return database.sql().sql(WAITED.formatted(OLDEST)).query(Double.class).single();
    }
    String[] others =
        Arrays.stream(Stage.values())
            .filter(stage -> !pausedStages.contains(stage))
            .map(Stage::name)
            .toArray(String[]::new);
    return database
        .sql()
        .sql(WAITED.formatted(OLDEST_NOT_PAUSED))
        .param("stages", others)
        .param("without", pausedTenants.toArray(UUID[]::new))
        .query(Double.class)
        .single();
  }

  private static Map<Pause.Kind, Long> paused(Database database) {
    Map<Pause.Kind, Long> paused = new EnumMap<>(Pause.Kind.class);
    database
        .sql()
        .sql(PAUSED)
        .query(row -> {
          long pauses = row.getLong("pauses");
          Pause.Kind.of(row.getString("kind")).ifPresent(kind -> paused.put(kind, pauses));
        });
    return paused;
  }

  long paused(Pause.Kind kind) {
    return paused.getOrDefault(kind, 0L);
  }

  private static Map<Stage, Map<State, Long>> rows(Database database) {
    Map<Stage, Map<State, Long>> rows = new EnumMap<>(Stage.class);
    database
        .sql()
        .sql(ROWS)
        .param("most", MOST)
        .query(row -> {
          rows.computeIfAbsent(
                  Stage.valueOf(row.getString("stage")), any -> new EnumMap<>(State.class))
              .put(State.valueOf(row.getString("state")), row.getLong("rows"));
        });
    return rows;
  }

  long rows(Stage stage, State state) {
    return rows.getOrDefault(stage, Map.of()).getOrDefault(state, 0L);
  }
}
