package dev.talkmill.jobs.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

class PipelinedWritesTest {

  private static final String INSERT =
      "INSERT INTO conversation (tenant_id, id, project_id, title, tags)"
          + " VALUES (:tenant, :id, :project, :title, CAST(:tags AS text[]))";

  private final List<String> sent = new CopyOnWriteArrayList<>();
  private TestDatabase server;
  private Home home;
  private Database database;

  @BeforeEach
  void open() {
    server = TestDatabase.fresh();
    home = server.home();
    database = new Database(listening(server.database().dataSource()));
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** Notes each text that is prepared: one is one round trip. */
  private DataSource listening(DataSource target) {
    return new DelegatingDataSource(target) {
      @Override
      public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, args) -> {
                  if (method.getName().equals("prepareStatement")) {
                    sent.add((String) args[0]);
                  }
                  return method.invoke(connection, args);
                });
      }
    };
  }

  private Write insert(UUID id, String title) {
    return database
        .write(INSERT)
        .param("tenant", home.tenant())
        .param("id", id)
        .param("project", home.project())
        .param("title", title)
        .param("tags", new String[] {"a", "b"});
  }

  private String title(UUID id) {
    return database
        .sql()
        .sql("SELECT coalesce(title, 'none') FROM conversation WHERE id = :id")
        .param("id", id)
        .query(String.class)
        .single();
  }

  @Test
  void roleAndWritesTravelInOrderWithTheNextStatement() {
    UUID id = UUID.randomUUID();
    String read =
        database.inTenant(
            home.tenant(),
            () -> {
              insert(id, "first").later();
              database
                  .write("UPDATE conversation SET title = title || :more WHERE id = :id")
                  .param("more", ", second")
                  .param("id", id)
                  .later();
              return title(id);
            });
    assertThat(read).isEqualTo("first, second");
    assertThat(sent).hasSize(1);
  }

  @Test
  void whatIsKeptTravelsWithTheEndOfTheScope() {
    UUID id = UUID.randomUUID();
    database.inTenant(
        home.tenant(),
        () -> {
          insert(id, null).later();
          return true;
        });
    assertThat(sent).hasSize(1);
    assertThat(database.inTenant(home.tenant(), () -> title(id))).isEqualTo("none");
  }

  @Test
  void whoAsksHowManyRowsWereChangedIsToldBeforeTheCommit() {
    UUID id = UUID.randomUUID();
    assertThatThrownBy(() ->
            database.inTenant(
                home.tenant(),
                () -> {
                  insert(id, "kept").later();
                  database
                      .write("UPDATE conversation SET title = 'x' WHERE id = :id")
                      .param("id", UUID.randomUUID())
                      .later(rows -> {
                        throw new IllegalStateException(rows + " rows");
                      });
                  return true;
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("0 rows");
    assertThat(count()).isZero();
  }

  private long count() {
    return database.inTenant(
        home.tenant(),
        () -> database.sql().sql("SELECT count(*) FROM conversation").query(Long.class).single());
  }

  @Test
  void aViolationRollsAllOfItBack() {
    UUID id = UUID.randomUUID();
    assertThatThrownBy(() ->
            database.inTenant(
                home.tenant(),
                () -> {
                  insert(id, "once").later();
                  insert(id, "twice").later();
                  return true;
                }))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThat(count()).isZero();
  }

  @Test
  void whatIsKeptWhenAScopeFailsIsNeverSent() {
    UUID id = UUID.randomUUID();
    assertThatThrownBy(() ->
            database.inTenant(
                home.tenant(),
                () -> {
                  insert(id, "never").later();
                  throw new IllegalStateException("changed my mind");
                }))
        .hasMessage("changed my mind");
    assertThat(sent).isEmpty();
    assertThat(count()).isZero();
  }

  @Test
  void aStatementThatIsPreparedAndNotRunLosesNothing() {
    UUID id = UUID.randomUUID();
    database.inTenant(
        home.tenant(),
        () -> {
          insert(id, "kept").later();
          assertThatThrownBy(() ->
                  database
                      .sql()
                      .sql("UPDATE conversation SET title = :none")
                      .param("none", new Object())
                      .update())
              .isNotNull();
          return true;
        });
    assertThat(database.inTenant(home.tenant(), () -> title(id))).isEqualTo("kept");
  }

  @Test
  void aSavepointIsSetAfterWhatWasKept() {
    UUID id = UUID.randomUUID();
    DataSource joining = new JoiningDataSource(database.dataSource());
    database.inTenant(
        home.tenant(),
        () -> {
          insert(id, "before").later();
          try (Connection connection = joining.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement("DELETE FROM conversation")) {
              assertThat(statement.executeUpdate()).isEqualTo(1);
            }
            connection.rollback();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          return true;
        });
    assertThat(database.inTenant(home.tenant(), () -> title(id))).isEqualTo("before");
  }

  @Test
  void overTransactionsOfSomebodyElseASettingActsTooWhoseAnswerNobodyWants() {
    DataSource plain = server.jobs();
    Database joined = new Database(plain, new JdbcTransactionManager(plain));
    assertThat(
            joined.inSystem(() -> {
              Plans.byIndex(joined);
              return joined.sql().sql("SHOW enable_sort").query(String.class).single();
            }))
        .isEqualTo("off");
  }

  @Test
  void overTransactionsOfSomebodyElseEachWriteIsSentAtOnce() {
    DataSource plain = listening(server.jobs());
    Database joined = new Database(plain, new JdbcTransactionManager(plain));
    UUID id = UUID.randomUUID();
    joined.inTenant(
        home.tenant(),
        () -> {
          joined
              .write(INSERT.replace("conversation (", "talkmill.conversation ("))
              .param("tenant", home.tenant())
              .param("id", id)
              .param("project", home.project())
              .param("title", "at once")
              .param("tags", new String[0])
              .later(rows -> assertThat(rows).isEqualTo(1));
          assertThat(sent).hasSize(2);
          return true;
        });
    assertThat(
            JdbcClient.create(Pools.owner(server.address()))
                .sql("SELECT title FROM talkmill.conversation WHERE id = ?")
                .param(id)
                .query(String.class)
                .single())
        .isEqualTo("at once");
  }
}
