package dev.talkmill.jobs.postgres;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Hands out connections that are {@link Pipelined}: several statements cost one round trip. Order
 * is kept, and a transaction's end waits for all of them.
 */
final class PipeliningDataSource extends DelegatingDataSource {

  PipeliningDataSource(DataSource target) {
    super(target);
  }

  @Override
  public Connection getConnection() throws SQLException {
    return (Connection)
        Proxy.newProxyInstance(
            PipeliningDataSource.class.getClassLoader(),
            new Class<?>[] {Connection.class, Pipelined.class},
            new PipelinedConnection(super.getConnection()));
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }
}
