package dev.talkmill.jobs.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connection pools. JobRunr has one of its own, so that handlers can never keep its heartbeat
 * waiting: one failed heartbeat stops its server for good.
 */
public final class Pools {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LOGIN = Duration.ofSeconds(10);
  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(30);
  private static final Duration LOCK = Duration.ofSeconds(10);
  private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(60);

  private Pools() {}

  /** Where and as whom to connect. */
  public record Address(String url, @Nullable String username, @Nullable String password) {}

  /** The pool of all our own work. */
  public static HikariDataSource work(Address address, DatabaseSettings settings) {
    HikariConfig config = config("talkmill-work", address, settings.connections());
    timeouts(config, settings.statementTimeout());
    config.setSchema("talkmill");
    return new HikariDataSource(config);
  }

  /** JobRunr's pool; its connections hold the system role. */
  public static HikariDataSource jobs(Address address, DatabaseSettings settings) {
    HikariConfig config = config("talkmill-jobs", address, settings.jobConnections());
    timeouts(config, settings.statementTimeout());
    config.setConnectionInitSql("SET ROLE talkmill_system");
    return new HikariDataSource(config);
  }

  /** Unpooled connections of the schema's owner, for migrations and for LISTEN and NOTIFY. */
  public static PGSimpleDataSource owner(Address address) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(address.url());
    if (address.username() != null) {
      dataSource.setUser(address.username());
    }
    if (address.password() != null) {
      dataSource.setPassword(address.password());
    }
    dataSource.setApplicationName("talkmill");
    dataSource.setConnectTimeout((int) CONNECT.toSeconds());
    // A server that accepts a connection and says nothing more; migrations may take their time.
    dataSource.setLoginTimeout((int) LOGIN.toSeconds());
    dataSource.setTcpKeepAlive(true);
    return dataSource;
  }

  private static HikariConfig config(String name, Address address, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(address.url());
    config.setUsername(address.username());
    config.setPassword(address.password());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(Math.min(2, size));
    config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
    config.setValidationTimeout(CONNECT.toMillis());
    config.setInitializationFailTimeout(CONNECTION_WAIT.toMillis());
    config.addDataSourceProperty("ApplicationName", name);
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT.toSeconds()));
    // A failing row's values must not reach a log.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    // After a failover the old primary may still answer, read-only.
    config.addDataSourceProperty("targetServerType", "primary");
    return config;
  }

  private static void timeouts(HikariConfig config, Duration statement) {
    // The socket limit is above the statement's, so that the server speaks first.
    config.addDataSourceProperty("socketTimeout", String.valueOf(statement.toSeconds() + 15));
    config.addDataSourceProperty(
        "options",
        "-c statement_timeout=%d -c lock_timeout=%d -c idle_in_transaction_session_timeout=%d"
            .formatted(statement.toMillis(), LOCK.toMillis(), IDLE_IN_TRANSACTION.toMillis()));
  }
}
