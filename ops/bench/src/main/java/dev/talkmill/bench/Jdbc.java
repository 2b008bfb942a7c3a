package dev.talkmill.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Plain JDBC, with the few lines around it that everybody writes. */
final class Jdbc {

  private final DataSource connections;

  Jdbc(DataSource connections) {
    this.connections = connections;
  }

  /** Statements on one connection. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /** One row to a value. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** All or nothing, durable when it returns. */
  <T extends @Nullable Object> T inTransaction(Work<T> work) throws SQLException {
    try (Connection connection = connections.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /** One statement, which is a transaction of its own. */
  int update(String sql, @Nullable Object... values) throws SQLException {
    try (Connection connection = connections.getConnection()) {
      return update(connection, sql, values);
    }
  }

  /** One query, outside of any transaction. */
  <T> List<T> query(Reader<T> reader, String sql, @Nullable Object... values) throws SQLException {
    try (Connection connection = connections.getConnection()) {
      return query(connection, reader, sql, values);
    }
  }

  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      fill(statement, values);
      return statement.executeUpdate();
    }
  }

  /** A write that must meet one row. */
  static void updateOne(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    int rows = update(connection, sql, values);
    if (rows != 1) {
      throw new IllegalStateException(rows + " rows instead of one: " + sql);
    }
  }

  static <T> List<T> query(
      Connection connection, Reader<T> reader, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      fill(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> found = new ArrayList<>();
        while (rows.next()) {
          found.add(reader.read(rows));
        }
        return found;
      }
    }
  }

  private static void fill(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
