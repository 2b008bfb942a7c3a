package dev.talkmill.jobs.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Parks a statement, or a commit, before it reaches the database, or makes it fail. So a race is
 * shown by putting it together, not by luck.
 */
public final class ParkingDataSource extends DelegatingDataSource {

  private static final String COMMIT = "commit";
  private static final String COMMITTED = "answer to it";
  private static final int LIMIT_SECONDS = 120;

  private final List<Trap> traps = new CopyOnWriteArrayList<>();

  public ParkingDataSource(DataSource target) {
    super(target);
  }

  /** Parks the next statement whose text contains {@code part}. */
  public Parked park(String part) {
    Parked parked = new Parked();
    traps.add(new Trap(part, new AtomicInteger(1), parked));
    return parked;
  }

  /** Parks the next commit. */
  public Parked parkCommit() {
    return park(COMMIT);
  }

  /** Makes the next statements whose text contains {@code part} fail as if the line were cut. */
  public void failNext(String part, int times) {
    failNext(part, times, "08006");
  }

  /** Makes the next statements whose text contains {@code part} fail with this SQLSTATE. */
  public void failNext(String part, int times, String state) {
    traps.add(
        new Trap(
            part,
            new AtomicInteger(times),
            () -> {
              throw new SQLException("failed on request", state);
            }));
  }

  /** Lets the next commits reach the database and cuts the line before they are answered. */
  public void loseNextCommitAnswers(int times) {
    failNext(COMMITTED, times);
  }

  @Override
  public Connection getConnection() throws SQLException {
    return proxy(Connection.class, new ConnectionTrap(super.getConnection()));
  }

  private void meet(String text) throws SQLException {
    for (Trap trap : traps) {
      if (text.contains(trap.part()) && trap.left().getAndDecrement() > 0) {
        trap.action().run();
      }
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            ParkingDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private record Trap(String part, AtomicInteger left, Action action) {}

  @FunctionalInterface
  private interface Action {
    void run() throws SQLException;
  }

  /** A statement that waits to be let go. */
  public static final class Parked implements Action, AutoCloseable {

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Waits until the statement has come. */
    public void awaitArrival() throws InterruptedException {
      if (!arrived.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nothing came to be parked");
      }
    }

    @Override
    public void run() throws SQLException {
      arrived.countDown();
      try {
        if (!released.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new SQLException("nobody let the parked statement go");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted while parked", e);
      }
    }

    /** Lets the statement go. */
    @Override
    public void close() {
      released.countDown();
    }
  }

  private final class ConnectionTrap implements InvocationHandler {

    private final Connection connection;

    ConnectionTrap(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
      if (method.getName().equals(COMMIT)) {
        meet(COMMIT);
      }
      Object answer = call(connection, method, args);
      if (method.getName().equals(COMMIT)) {
        meet(COMMITTED);
      }
      return method.getName().equals("prepareStatement")
          ? proxy(
              PreparedStatement.class,
              (statement, called, values) -> {
                if (called.getName().startsWith("execute")) {
                  meet((String) args[0]);
                }
                return call(answer, called, values);
              })
          : answer;
    }
  }

  private static Object call(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
