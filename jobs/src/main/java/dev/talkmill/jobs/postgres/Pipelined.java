package dev.talkmill.jobs.postgres;

import java.sql.SQLException;
import java.util.List;
import java.util.function.IntConsumer;

/** A connection that sends statements whose answer can wait together with the next one. */
interface Pipelined {

  /**
   * A statement whose answer can wait.
   *
   * @param values of its {@code ?} parameters
   * @param rows told how many rows it changed; may throw
   */
  record Later(String sql, List<Object> values, IntConsumer rows) {}

  /** Keeps a statement until the next one, or the end of the transaction, takes it along. */
  void later(Later statement);

  /** Sends what is kept. */
  void flush() throws SQLException;
}
