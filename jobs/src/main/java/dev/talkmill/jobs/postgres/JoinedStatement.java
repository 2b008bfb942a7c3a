package dev.talkmill.jobs.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement behind others in one text: whoever prepared it counts its own parameters
 * from 1 and gets its own answer.
 */
final class JoinedStatement implements InvocationHandler {

  private final PreparedStatement statement;
  private final List<Pipelined.Later> before;
  private final int offset;
  private final Runnable running;

  /**
   * @param before what is sent first, its values set
   * @param offset how many values that are
   * @param running told when all of it is on its way
   */
  JoinedStatement(
      PreparedStatement statement, List<Pipelined.Later> before, int offset, Runnable running) {
    this.statement = statement;
    this.before = before;
    this.offset = offset;
    this.running = running;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    if (args == null || args.length == 0) {
      switch (method.getName()) {
        case "execute" -> {
          return run();
        }
        case "executeQuery" -> {
          return query();
        }
        case "executeUpdate" -> {
          run();
          return statement.getUpdateCount();
        }
        case "executeLargeUpdate" -> {
          run();
          return statement.getLargeUpdateCount();
        }
        case "addBatch",
            "executeBatch",
            "executeLargeBatch",
            "getMetaData",
            "getParameterMetaData" ->
            throw new SQLException(method.getName() + " of statements that were joined");
        default -> {}
      }
    }
    if (args != null
        && method.getDeclaringClass() == PreparedStatement.class
        && method.getName().startsWith("set")
        && args[0] instanceof Integer index) {
      @Nullable Object[] shifted = args.clone();
      shifted[0] = index + offset;
      return forward(method, shifted);
    }
    return forward(method, args);
  }

  private boolean run() throws SQLException {
    running.run();
    boolean rows = statement.execute();
    for (Pipelined.Later each : before) {
      rows = pass(statement, rows, each);
    }
    return rows;
  }

  private ResultSet query() throws SQLException {
    if (!run()) {
      throw new SQLException("the statement answered no rows");
    }
    return statement.getResultSet();
  }

  /** Takes the answer of one statement and goes on to the next; true if that one has rows. */
  static boolean pass(PreparedStatement statement, boolean rows, Pipelined.Later answered)
      throws SQLException {
    int changed = rows ? 0 : statement.getUpdateCount();
    boolean next = statement.getMoreResults();
    answered.rows().accept(changed);
    return next;
  }

  private @Nullable Object forward(Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(statement, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
