package dev.talkmill.jobs.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A write whose answer can wait: it goes with the next statement of its transaction or with the end
 * of it, and saves a round trip. What it violates shows there.
 */
public final class Write {

  private final Database database;
  private final String sql;
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  Write(Database database, String sql) {
    this.database = database;
    this.sql = sql;
  }

  /** Sets a named parameter. */
  public Write param(String name, @Nullable Object value) {
    values.put(name, value);
    return this;
  }

  /** Sets named parameters. */
  public Write params(Map<String, ?> more) {
    values.putAll(more);
    return this;
  }

  public void later() {
    later(rows -> {});
  }

  /**
   * Sends it later.
   *
   * @param rows told how many rows it changed, inside the transaction; what it throws rolls back
   */
  public void later(IntConsumer rows) {
    database.later(sql, values, rows);
  }
}
