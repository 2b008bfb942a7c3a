package dev.talkmill.jobs.simulation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Watches inside of the database who writes to a row at work (I4). Each transaction is signed with
 * its strand; the strand that takes a row at an epoch is its holder there, and a write of any other
 * job's strand to it is a stale one that has landed. It does not ask how the code fences, so it
 * also sees what a missing fence lets through.
 */
final class Watch {

  /** Strands that run a job are called so; sweeps and clients may change rows that others hold. */
  static final String JOB = "job";

  private static final String SET_UP =
      """
      CREATE SCHEMA simulation;
      CREATE TABLE simulation.holder (
        row_id uuid, epoch bigint, strand text NOT NULL, ended boolean NOT NULL DEFAULT false,
        PRIMARY KEY (row_id, epoch));
      CREATE TABLE simulation.stale (
        row_id uuid, epoch bigint, stage text, holder text, writer text, state text);
      CREATE FUNCTION simulation.watch() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
      DECLARE
        writer text := coalesce(current_setting('simulation.strand', true), '');
        holder text;
      BEGIN
        IF writer NOT LIKE 'job %' THEN
          RETURN NULL;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.state = 'PROCESSING' THEN
          UPDATE simulation.holder h SET ended = h.ended OR NEW.state <> 'PROCESSING'
          WHERE h.row_id = OLD.id AND h.epoch = OLD.epoch
          RETURNING h.strand INTO holder;
          IF holder IS DISTINCT FROM writer THEN
            INSERT INTO simulation.stale
            VALUES (OLD.id, OLD.epoch, OLD.stage, holder, writer, NEW.state);
          END IF;
        ELSIF NEW.state = 'PROCESSING' THEN
          INSERT INTO simulation.holder VALUES (NEW.id, NEW.epoch, writer);
        END IF;
        RETURN NULL;
      END
      $$;
      CREATE TRIGGER simulation_watch AFTER INSERT OR UPDATE ON talkmill.processing_status
        FOR EACH ROW EXECUTE FUNCTION simulation.watch();
      """;

  private static final String SIGN = "SELECT set_config('simulation.strand', ?, false)";

  private final JdbcClient owner;

  private Watch(JdbcClient owner) {
    this.owner = owner;
  }

  static Watch setUp(DataSource owner) {
    new JdbcTemplate(owner).execute(SET_UP);
    return new Watch(JdbcClient.create(owner));
  }

  static void sign(Connection connection, String strand) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SIGN)) {
      statement.setString(1, strand);
      statement.execute();
    }
  }

  /** The first stale write that has landed, in words; empty if there is none. */
  String stale() {
    return owner
        .sql(
            """
            SELECT writer || ' moved ' || stage || ' of ' || coalesce(holder, 'nobody') || ' to '
                   || state
            FROM simulation.stale LIMIT 1
            """)
        .query(String.class)
        .optional()
        .orElse("");
  }

  /** Whether this strand took rows that it did not end: it died, or was fenced. */
  int unended(String strand) {
    return owner
        .sql("SELECT count(*) FROM simulation.holder WHERE strand = ? AND NOT ended")
        .params(strand)
        .query(Integer.class)
        .single();
  }
}
