package dev.talkmill.jobs.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlTypeValue;
import org.springframework.jdbc.core.StatementCreatorUtils;

/**
 * Keeps {@link Later} statements back until one is prepared whose answer is wanted, and sends them
 * before it, in the same round trip: PostgreSQL's driver takes several statements in one text. A
 * failure of any of them shows at that statement and leaves the transaction to be rolled back.
 */
final class PipelinedConnection implements InvocationHandler {

  private final Connection connection;
  private final List<Pipelined.Later> kept = new ArrayList<>();

  PipelinedConnection(Connection connection) {
    this.connection = connection;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "later" -> {
        kept.add((Pipelined.Later) first(args));
        return null;
      }
      case "flush" -> {
        flush();
        return null;
      }
      case "prepareStatement" -> {
        return kept.isEmpty() ? forward(method, args) : joined(method, args);
      }
      case "createStatement", "prepareCall", "setSavepoint", "releaseSavepoint", "commit" ->
          flush();
      // A savepoint is set after what was kept has been sent, so all that is kept came after it.
      case "rollback", "close", "abort" -> kept.clear();
      default -> {}
    }
    return forward(method, args);
  }

  private void flush() throws SQLException {
    if (kept.isEmpty()) {
      return;
    }
    List<Pipelined.Later> sent = List.copyOf(kept);
    kept.clear();
    try (PreparedStatement statement = connection.prepareStatement(text(sent))) {
      bind(statement, sent);
      boolean rows = statement.execute();
      for (Pipelined.Later each : sent) {
        rows = JoinedStatement.pass(statement, rows, each);
      }
    }
  }

  private Object joined(Method method, @Nullable Object @Nullable [] args) throws Throwable {
    List<Pipelined.Later> sent = List.copyOf(kept);
    @Nullable Object[] joined = args == null ? new Object[0] : args.clone();
    joined[0] = text(sent) + ";\n" + first(args);
    PreparedStatement statement = (PreparedStatement) forward(method, joined);
    if (statement == null) {
      throw new SQLException("the driver prepared no statement");
    }
    int offset = bind(statement, sent);
    return Proxy.newProxyInstance(
        PipelinedConnection.class.getClassLoader(),
        new Class<?>[] {PreparedStatement.class},
        new JoinedStatement(statement, sent, offset, () -> kept.removeAll(sent)));
  }

  private static String text(List<Pipelined.Later> statements) {
    return statements.stream().map(Pipelined.Later::sql).collect(Collectors.joining(";\n"));
  }

  /** Sets the values of all; returns how many there are. */
  private static int bind(PreparedStatement statement, List<Pipelined.Later> all)
      throws SQLException {
    int index = 0;
    for (Pipelined.Later each : all) {
      for (Object value : each.values()) {
        index++;
        StatementCreatorUtils.setParameterValue(statement, index, SqlTypeValue.TYPE_UNKNOWN, value);
      }
    }
    return index;
  }

  private static Object first(@Nullable Object @Nullable [] args) {
    if (args == null || args.length == 0 || args[0] == null) {
      throw new IllegalArgumentException("an argument is missing");
    }
    return args[0];
  }

  private @Nullable Object forward(Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(connection, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
