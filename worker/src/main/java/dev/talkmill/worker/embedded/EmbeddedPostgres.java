package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server that lives as long as this object and keeps its data between two lives. It
 * listens on loopback alone, asks for a password, and is durable: {@code fsync}, {@code
 * synchronous_commit} and {@code full_page_writes} are on, and a start that finds them otherwise
 * fails.
 *
 * <p>Below the directory: {@code data} the database, {@code password} of the superuser (mode 600),
 * {@code binaries-…} PostgreSQL's programs, {@code log}, {@code lock}. No shutdown hook is
 * registered: whoever starts it closes it, after everything that uses it.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private static final String DATABASE = "talkmill";

  /** Limit of connecting and of a statement while the start is checked, in seconds. */
  private static final String CHECK_SECONDS = "20";

  private static final List<String> MUST_BE_ON =
      List.of("fsync", "synchronous_commit", "full_page_writes");

  private final DirectoryLock lock;
  private final Postmaster postmaster;
  private final int port;
  private final String password;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedPostgres(DirectoryLock lock, Postmaster postmaster, int port, String password) {
    this.lock = lock;
    this.postmaster = postmaster;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts the server on a free port. Takes 2 to 4 s the first time and well under 1 s later.
   *
   * @param directory made if it is not there; nothing else may use it
   * @throws EmbeddedServiceException in one plain sentence, if it cannot be started
   */
  public static EmbeddedPostgres start(Path directory) {
    return start(directory, EmbeddedPostgres::freePort);
  }

  static EmbeddedPostgres start(Path directory, IntSupplier ports) {
    Path home = PrivateFiles.directory(directory);
    DirectoryLock lock = DirectoryLock.acquire(home);
    EmbeddedPostgres server = null;
    try {
      server = start(home, lock, ports);
    } finally {
      if (server == null) {
        lock.close();
      }
    }
    return server;
  }

  private static EmbeddedPostgres start(Path home, DirectoryLock lock, IntSupplier ports) {
    PostgresCommands commands = PostgresCommands.in(home);
    PostgresCluster cluster = new PostgresCluster(home, commands);
    Path passwordFile = home.resolve("password");
    if (Files.exists(cluster.data()) && !Files.exists(passwordFile)) {
      throw new EmbeddedServiceException(
          "The file " + passwordFile + " with the database's password is gone; put it back.");
    }
    String password = PrivateFiles.readOrCreate(passwordFile, PrivateFiles::secret);
    cluster.create(passwordFile);
    Postmaster postmaster = new Postmaster(cluster, commands);
    postmaster.stopLeftOver();
    EmbeddedPostgres server =
        new EmbeddedPostgres(lock, postmaster, postmaster.start(ports), password);
    boolean sound = false;
    try {
      server.check(cluster.data());
      sound = true;
    } finally {
      if (!sound) {
        postmaster.stop();
      }
    }
    log.info("PostgreSQL listens on port {} and keeps its data in {}", server.port, cluster.data());
    return server;
  }

  /** URL of the database {@code talkmill}, without user and password. */
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  /** The superuser, who owns the database. */
  public String username() {
    return PostgresCluster.SUPERUSER;
  }

  public String password() {
    return password;
  }

  /** Stops the server fast: sessions are ended, acknowledged commits are on disk. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // A shutdown interrupts threads; the server must still be waited for, or it would be left over.
    boolean interrupted = Thread.interrupted();
    try {
      postmaster.stop();
    } finally {
      lock.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private void check(Path data) {
    Properties properties = new Properties();
    properties.setProperty("user", username());
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", CHECK_SECONDS);
    properties.setProperty("loginTimeout", CHECK_SECONDS);
    properties.setProperty("socketTimeout", CHECK_SECONDS);
    try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), properties);
        Statement statement = connection.createStatement()) {
      String actual = ask(statement, "select current_setting('data_directory')");
      if (!Path.of(actual).toRealPath().equals(data)) {
        throw new EmbeddedServiceException(
            "The server on port " + port + " is not ours: it works on " + actual + ".");
      }
      for (String setting : MUST_BE_ON) {
        if (!ask(statement, "show " + setting).equals("on")) {
          throw new EmbeddedServiceException(
              "The embedded PostgreSQL runs with "
                  + setting
                  + " off and would lose data; reset it with ALTER SYSTEM RESET "
                  + setting
                  + ".");
        }
      }
      String known = "select count(*) from pg_database where datname = '" + DATABASE + "'";
      if (ask(statement, known).equals("0")) {
        statement.execute("create database " + DATABASE);
      }
    } catch (SQLException | IOException e) {
      throw new EmbeddedServiceException(
          "The embedded PostgreSQL started but does not answer: " + e.getMessage(), e);
    }
  }

  private static String ask(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedServiceException("No free port can be found: " + e.getMessage(), e);
    }
  }
}
