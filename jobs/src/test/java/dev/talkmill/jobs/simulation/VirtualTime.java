package dev.talkmill.jobs.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Time that passes only when a history says so. The processes' clocks are moved on; the database's
 * cannot be, so instead everything it has written down becomes older by as much, which is the same
 * to whoever compares it with now. What an hour of work really takes, milliseconds, is nothing
 * beside the hours that leases and delays last here.
 */
final class VirtualTime implements InstantSource {

  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  /**
   * One statement a table; without triggers, for nothing but the clock has changed. Events are left
   * out: they are many, and only their retention asks how old they are.
   */
  private static final String AGEING =
      """
      SELECT string_agg(format('UPDATE talkmill.%I SET %s', table_name, moves), '; ')
      FROM (
        SELECT c.table_name,
               string_agg(
                 format('%1$I = %1$I - make_interval(secs => $seconds)', c.column_name), ', ')
                 AS moves
        FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'talkmill' AND t.table_type = 'BASE TABLE'
          AND c.data_type = 'timestamp with time zone' AND c.table_name <> 'processing_event'
        GROUP BY c.table_name ORDER BY c.table_name) AS tables
      """;

  private static final String JOBS =
      """
      ; UPDATE jobrunr.jobrunr_jobs SET createdat = createdat - make_interval(secs => $seconds),
                                        updatedat = updatedat - make_interval(secs => $seconds)
      """;

  private final JdbcTemplate owner;
  private final String ageing;
  private Duration passed = Duration.ZERO;
  private long ticks;

  /**
   * Reads which columns hold times.
   *
   * @param owner sees every row and fires no trigger
   */
  VirtualTime(DataSource owner) {
    this.owner = new JdbcTemplate(owner);
    this.ageing = this.owner.queryForObject(AGEING, String.class) + JOBS;
  }

  void pass(Duration time) {
    passed = passed.plus(time);
    owner.execute(ageing.replace("$seconds", String.valueOf(time.toSeconds())));
  }

  /** Later than the last one, so that ids sort in the order in which they were made. */
  @Override
  public Instant instant() {
    ticks++;
    return START.plus(passed).plusMillis(ticks);
  }

  long nanoTime() {
    return passed.toNanos();
  }

  void restart() {
    passed = Duration.ZERO;
    ticks = 0;
  }
}
