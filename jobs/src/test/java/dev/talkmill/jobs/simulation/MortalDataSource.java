package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Mortal.LineFault;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections of simulated processes. A process may die before it begins a transaction, before each
 * statement, before its commit and after it; whatever it had not committed is rolled back, as a
 * server does that loses its client.
 */
final class MortalDataSource extends DelegatingDataSource {

  private static final String CUT = "08006";

  private final Mutation mutation;

  /**
   * Hands out connections of {@code target}.
   *
   * @param mutation on the way to the database
   */
  MortalDataSource(DataSource target, Mutation mutation) {
    super(target);
    this.mutation = mutation;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Strand strand = Strand.current();
    if (strand == null) {
      return super.getConnection();
    }
    strand.between(Moment.BEFORE_TRANSACTION);
    Connection connection = super.getConnection();
    try {
      Watch.sign(connection, strand.name());
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return proxy(Connection.class, new MortalConnection(connection, strand));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            MortalDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private final class MortalConnection implements InvocationHandler {

    private final Connection connection;
    private final Strand strand;

    MortalConnection(Connection connection, Strand strand) {
      this.connection = connection;
      this.strand = strand;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
        throws Throwable {
      if (strand.process().isDead()) {
        return ofTheDead(method, args);
      }
      return switch (method.getName()) {
        case "commit" -> commit();
        case "prepareStatement" -> statement(method, args);
        case "setSavepoint" -> savepoint(method, args);
        default -> call(connection, method, args);
      };
    }

    /** Only what cleans up behind it: to leave auto-commit on its way out would commit. */
    private @Nullable Object ofTheDead(Method method, Object @Nullable [] args) throws Throwable {
      return switch (method.getName()) {
        case "rollback", "isClosed", "getAutoCommit", "isReadOnly", "getTransactionIsolation" ->
            call(connection, method, args);
        case "toString", "hashCode", "equals" -> call(connection, method, args);
        case "setAutoCommit", "setReadOnly", "setTransactionIsolation", "clearWarnings" -> null;
        case "close" -> {
          if (!connection.isClosed() && !connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
          }
          yield call(connection, method, args);
        }
        default -> throw new ProcessDeath(strand.process().name());
      };
    }

    private @Nullable Object commit() throws SQLException {
      strand.inside(Moment.BEFORE_COMMIT);
      LineFault fault = strand.process().takeLineFault();
      if (fault == LineFault.CUT) {
        connection.rollback();
        if (mutation.acknowledgesWhatIsLost()) {
          return null;
        }
        throw new SQLException("the line was cut before the commit", CUT);
      }
      connection.commit();
      strand.inside(Moment.AFTER_COMMIT);
      if (fault == LineFault.ANSWER_LOST) {
        throw new SQLException("the line was cut after the commit", CUT);
      }
      return null;
    }

    /** JobRunr saves its jobs below a savepoint of the transaction that it joins. */
    private @Nullable Object savepoint(Method method, Object @Nullable [] args) throws Throwable {
      if (mutation.commitsBeforeJobs()) {
        connection.commit();
      }
      return call(connection, method, args);
    }

    private Object statement(Method method, Object @Nullable [] args) throws Throwable {
      Object[] changed = args == null ? new Object[0] : args.clone();
      changed[0] = mutation.change((String) changed[0]);
      Object statement = call(connection, method, changed);
      return proxy(
          PreparedStatement.class,
          (self, called, values) -> {
            if (called.getName().startsWith("execute")) {
              strand.inside(Moment.BEFORE_STATEMENT);
            }
            return answered(statement, called, values);
          });
    }

    /** Whatever becomes of it above: a statement that the database refuses is a defect. */
    private @Nullable Object answered(Object statement, Method method, Object @Nullable [] args)
        throws Throwable {
      try {
        return call(statement, method, args);
      } catch (SQLException e) {
        strand.offends("a statement was refused: " + e.getSQLState() + " " + e.getMessage());
        throw e;
      }
    }
  }

  private static @Nullable Object call(
      @Nullable Object target, Method method, Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
