package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Migrations;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.worker.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where everything is measured: one embedded PostgreSQL as users get it, durable, with a database
 * of its own for each measure and each reference.
 */
final class Stand implements AutoCloseable {

  private final Path directory;
  private final Guardian guardian;
  private final EmbeddedPostgres server;
  private final Size size;
  private final PrintStream out;
  private final AtomicInteger databases = new AtomicInteger();
  private @Nullable Address template;

  private Stand(
      Path directory, Guardian guardian, EmbeddedPostgres server, Size size, PrintStream out) {
    this.directory = directory;
    this.guardian = guardian;
    this.server = server;
    this.size = size;
    this.out = out;
  }

  /**
   * Makes one.
   *
   * @param directory empty; it is gone when the stand is closed, or when this process ends
   */
  static Stand in(Path directory, Size size, PrintStream out) throws IOException {
    Path real = directory.toRealPath();
    Guardian guardian = Guardian.of(real);
    boolean stands = false;
    try {
      Stand stand = new Stand(real, guardian, counting(real.resolve("postgres")), size, out);
      stands = true;
      return stand;
    } finally {
      if (!stands) {
        guardian.close();
      }
    }
  }

  /** A server that counts statements and takes several workers; for both it is started twice. */
  private static EmbeddedPostgres counting(Path directory) {
    try (EmbeddedPostgres first = EmbeddedPostgres.start(directory)) {
      execute(
          new Address(first.jdbcUrl(), first.username(), first.password()),
          "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'",
          "ALTER SYSTEM SET max_connections = 200");
    }
    EmbeddedPostgres second = EmbeddedPostgres.start(directory);
    execute(
        new Address(second.jdbcUrl(), second.username(), second.password()),
        "CREATE EXTENSION pg_stat_statements");
    return second;
  }

  Size size() {
    return size;
  }

  /** A line of progress. */
  void say(String line) {
    out.println("  " + line);
  }

  /** Where the server writes its log. */
  Path serverLog() {
    return directory.resolve("postgres").resolve("log");
  }

  /** A folder of its own. */
  Path scratch(String name) {
    try {
      return Files.createDirectories(directory.resolve("scratch").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A database without a table. */
  Address empty(String name) {
    String database = named(name);
    execute(address("talkmill"), "CREATE DATABASE " + database);
    execute(address(database), "CREATE EXTENSION pg_stat_statements");
    return address(database);
  }

  /** A database with the tables of Talkmill: a copy of one that was migrated once. */
  synchronized Address migrated(String name) {
    if (template == null) {
      template = empty("template");
      Migrations.run(Pools.owner(template));
    }
    String database = named(name);
    execute(
        address("talkmill"),
        "CREATE DATABASE %s TEMPLATE %s".formatted(database, nameOf(template)));
    return address(database);
  }

  private String named(String name) {
    return name + "_" + databases.incrementAndGet();
  }

  /** The database of an address. */
  static String nameOf(Address address) {
    String url = address.url();
    return url.substring(url.lastIndexOf('/') + 1).replaceFirst("\\?.*", "");
  }

  private Address address(String database) {
    String url = server.jdbcUrl().replaceFirst("/talkmill(\\?|$)", "/" + database + "$1");
    return new Address(url, server.username(), server.password());
  }

  static void execute(Address address, String... statements) {
    try (Connection connection = Pools.owner(address).getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops the server and leaves nothing behind. */
  @Override
  public void close() {
    try (guardian) {
      server.close();
    }
  }
}
