package dev.talkmill.jobs.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lets JobRunr save jobs inside our transaction. JobRunr takes a connection, begins, commits and
 * closes it itself; given a plain connection of ours it would commit our transaction early. This
 * source hands out the connection of the running transaction with begin as SAVEPOINT, commit as
 * RELEASE and rollback as ROLLBACK TO. Outside of a transaction it refuses.
 */
public final class JoiningDataSource extends AbstractDataSource {

  private final DataSource target;

  /**
   * @param target whose Spring transactions are joined
   */
  public JoiningDataSource(DataSource target) {
    this.target = target;
  }

  @Override
  public Connection getConnection() throws SQLException {
    ConnectionHolder holder =
        (ConnectionHolder) TransactionSynchronizationManager.getResource(target);
    if (holder == null) {
      throw new SQLException("jobs are only saved inside a transaction of the ledger");
    }
    return (Connection)
        Proxy.newProxyInstance(
            JoiningDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new Joined(holder.getConnection()));
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  private static final class Joined implements InvocationHandler {

    private final Connection connection;
    private @Nullable Savepoint savepoint;

    Joined(Connection connection) {
      this.connection = connection;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
        throws Throwable {
      return switch (method.getName()) {
        case "getAutoCommit" -> savepoint == null;
        case "setAutoCommit" -> begin(args);
        case "commit", "close" -> release();
        case "rollback" -> rollback();
        default -> forward(method, args);
      };
    }

    private @Nullable Object begin(@Nullable Object @Nullable [] args) throws SQLException {
      boolean autoCommit = args != null && Boolean.TRUE.equals(args[0]);
      if (autoCommit) {
        return release();
      }
      if (savepoint == null) {
        savepoint = connection.setSavepoint();
      }
      return null;
    }

    private @Nullable Object release() throws SQLException {
      Savepoint open = savepoint;
      savepoint = null;
      if (open != null) {
        connection.releaseSavepoint(open);
      }
      return null;
    }

    private @Nullable Object rollback() throws SQLException {
      if (savepoint != null) {
        connection.rollback(savepoint);
      }
      return null;
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
}
