package dev.talkmill.jobs.testing;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Migrations;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A migrated database of its own on the one server of this JVM: a container where Docker is, else
 * an embedded server. This is the only place that chooses.
 */
public final class TestDatabase implements AutoCloseable {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Address address;
  private final HikariDataSource work;
  private final HikariDataSource jobs;
  private final Database database;

  private TestDatabase(Address address) {
    DatabaseSettings settings =
        new DatabaseSettings(null, null, null, 16, 4, Duration.ofSeconds(30));
    this.address = address;
    this.work = Pools.work(address, settings);
    this.jobs = Pools.jobs(address, settings);
    this.database = new Database(work);
  }

  /** A database of its own: a copy of one that was migrated once. */
  public static TestDatabase fresh() {
    String name = "test_" + COUNT.incrementAndGet();
    Server.execute("CREATE DATABASE " + name + " TEMPLATE " + Template.NAME);
    return at(Server.named(name));
  }

  /** A database that another process has made. */
  public static TestDatabase at(Address address) {
    return new TestDatabase(address);
  }

  public Address address() {
    return address;
  }

  public Database database() {
    return database;
  }

  public HikariDataSource jobs() {
    return jobs;
  }

  /** A tenant with one project. */
  public record Home(UUID tenant, UUID project) {}

  public Home home() {
    Home home = new Home(UUID.randomUUID(), UUID.randomUUID());
    database.inSystem(() -> {
      database
          .sql()
          .sql("INSERT INTO tenant (id, name) VALUES (?, 'a tenant')")
          .params(home.tenant())
          .update();
      return database
          .sql()
          .sql("INSERT INTO project (tenant_id, id, name) VALUES (?, ?, 'a project')")
          .params(home.tenant(), home.project())
          .update();
    });
    return home;
  }

  public UUID conversation(Home home) {
    UUID id = UUID.randomUUID();
    database.inTenant(
        home.tenant(),
        () ->
            database
                .sql()
                .sql("INSERT INTO conversation (tenant_id, id, project_id) VALUES (?, ?, ?)")
                .params(home.tenant(), id, home.project())
                .update());
    return id;
  }

  @Override
  public void close() {
    work.close();
    jobs.close();
  }

  private static final class Template {

    static final String NAME = migrated();

    private static String migrated() {
      String name = "migrated";
      Server.execute("CREATE DATABASE " + name);
      Migrations.run(Pools.owner(Server.named(name)));
      IllegalMoves.forbid(Pools.owner(Server.named(name)));
      return name;
    }
  }

  private static final class Server {

    static final Address ADDRESS = start();

    private static Address start() {
      return DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
    }

    static Address named(String name) {
      String url = ADDRESS.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
      return new Address(url, ADDRESS.username(), ADDRESS.password());
    }

    static void execute(String command) {
      try (Connection connection = Pools.owner(ADDRESS).getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(command);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @SuppressWarnings("resource") // Ends with the JVM.
    private static Address container() {
      PostgreSQLContainer container = new PostgreSQLContainer("postgres:18-alpine");
      container.start();
      return new Address(container.getJdbcUrl(), container.getUsername(), container.getPassword());
    }

    private static Address embedded() {
      try {
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "300")
                .setServerConfig("timezone", "Asia/Kathmandu") // A zone that no test expects.
                .start();
        return new Address(server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
