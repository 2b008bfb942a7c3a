package dev.talkmill.jobs.testing;

import dev.talkmill.pipeline.ledger.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Makes the database of tests refuse what no statement may do to a ledger row: a move that the
 * transition table forbids, and an epoch that goes down.
 */
final class IllegalMoves {

  private static final String TRIGGER =
      """
      CREATE FUNCTION talkmill.forbid_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.epoch < OLD.epoch THEN
          RAISE EXCEPTION 'the epoch of %% went down from %% to %%', OLD.id, OLD.epoch, NEW.epoch;
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state || ' ' || NEW.state) NOT IN (%s) THEN
          RAISE EXCEPTION 'illegal move of %% from %% to %%', OLD.id, OLD.state, NEW.state;
        END IF;
        RETURN NEW;
      END
      $$;
      CREATE TRIGGER illegal_move BEFORE UPDATE ON talkmill.processing_status
        FOR EACH ROW EXECUTE FUNCTION talkmill.forbid_illegal_move();
      """;

  private IllegalMoves() {}

  static void forbid(DataSource owner) {
    String moves =
        Stream.of(State.values())
            .flatMap(from -> from.next().stream().map(to -> "'" + from + " " + to + "'"))
            .collect(Collectors.joining(", "));
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(TRIGGER.formatted(moves));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
