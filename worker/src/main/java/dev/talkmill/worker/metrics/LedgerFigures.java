package dev.talkmill.worker.metrics;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.util.EnumMap;
import java.util.Map;

/**
 * The ledger at one moment.
 *
 * @param rows open and FAILED rows by stage and state; what is not there is 0
 * @param oldestDueSeconds how long the oldest PENDING row has been due; 0 if none is
 * @param spoolBytes accepted bytes that wait for the object store
 * @param behind finished conversations that have not settled
 */
record LedgerFigures(
    Map<Stage, Map<State, Long>> rows, double oldestDueSeconds, long spoolBytes, long behind) {

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
      SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() -
               (SELECT min(next_attempt_at) FROM processing_status WHERE state = 'PENDING')), 0), 0)
               AS oldest,
             (SELECT coalesce(sum(size), 0) FROM chunk_spool) AS spool,
             (SELECT count(*) FROM (
                SELECT FROM conversation
                WHERE is_finished AND outcome IS NULL LIMIT :most) AS open) AS behind
      """;

  /** Rows that are counted of a kind at the most; a figure at this bound means "or more". */
  private static final int MOST = 1_000_000;

  static LedgerFigures read(Database database) {
    return database.inSystem(() -> {
      Plans.byIndex(database);
      Map<Stage, Map<State, Long>> rows = rows(database);
      return database
          .sql()
          .sql(REST)
          .param("most", MOST)
          .query((row, number) ->
              new LedgerFigures(
                  rows, row.getDouble("oldest"), row.getLong("spool"), row.getLong("behind")))
          .single();
    });
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
