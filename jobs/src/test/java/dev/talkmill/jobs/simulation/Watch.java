package dev.talkmill.jobs.simulation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Watches inside of the database: who writes to a row at work (I4), and whether a row is committed
 * as dispatched without its job (K3) or a conversation as ended that is not (K9).
 *
 * <p>Each transaction is signed with its strand. The strand that takes a row at an epoch is its
 * holder there, and a write of any other job's strand to it is a stale one that has landed. It does
 * not ask how the code fences, so it also sees what a missing fence lets through.
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
      CREATE TABLE simulation.jobless (row_id uuid, epoch bigint, writer text);
      CREATE FUNCTION simulation.dispatched() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM jobrunr.jobrunr_jobs j WHERE j.id = NEW.job_id::text) THEN
          INSERT INTO simulation.jobless
          VALUES (NEW.id, NEW.epoch, current_setting('simulation.strand', true));
        END IF;
        RETURN NULL;
      END
      $$;
      CREATE CONSTRAINT TRIGGER simulation_dispatched
        AFTER UPDATE ON talkmill.processing_status
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.state = 'QUEUED' AND OLD.state <> 'QUEUED')
        EXECUTE FUNCTION simulation.dispatched();
      CREATE TABLE simulation.early (conversation_id uuid, writer text);
      CREATE FUNCTION simulation.settled() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
      BEGIN
        IF EXISTS (SELECT FROM talkmill.conversation c
                   JOIN talkmill.conversation_chunk k
                     ON k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                   WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.id
                     AND c.outcome IS NOT NULL AND k.state = 'OPEN') THEN
          INSERT INTO simulation.early
          VALUES (NEW.id, current_setting('simulation.strand', true));
        END IF;
        RETURN NULL;
      END
      $$;
      CREATE CONSTRAINT TRIGGER simulation_settled
        AFTER UPDATE ON talkmill.conversation
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.outcome IS NOT NULL)
        EXECUTE FUNCTION simulation.settled();
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

  /** Who committed a dispatched row without its job (K3), in words; empty if nobody did. */
  String jobless() {
    return owner
        .sql("SELECT writer || ' dispatched ' || row_id FROM simulation.jobless LIMIT 1")
        .query(String.class)
        .optional()
        .orElse("");
  }

  /** Who said how a conversation ended while a chunk of it was open; empty if nobody did. */
  String early() {
    return owner
        .sql("SELECT writer || ' settled ' || conversation_id FROM simulation.early LIMIT 1")
        .query(String.class)
        .optional()
        .orElse("");
  }

  /** Rows that this strand took and did not end. */
  Set<UUID> taken(String strand) {
    return Set.copyOf(
        owner
            .sql("SELECT row_id FROM simulation.holder WHERE strand = ? AND NOT ended")
            .params(strand)
            .query(UUID.class)
            .list());
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
