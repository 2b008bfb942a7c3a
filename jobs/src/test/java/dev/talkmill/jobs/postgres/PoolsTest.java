package dev.talkmill.jobs.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PoolsTest {

  private static final DatabaseSettings SETTINGS =
      new DatabaseSettings(null, null, null, 3, 2, Duration.ofMillis(200));

  /** SQLSTATE of a statement that was cancelled. */
  private static final String CANCELED = "57014";

  private static TestDatabase database;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void thePoolOfOurWorkHasAsManyConnectionsAsAreSet() throws Exception {
    try (HikariDataSource pool = Pools.work(database.address(), SETTINGS)) {
      assertHolds(pool, 3);
    }
  }

  @Test
  void thePoolOfJobRunrHasASizeOfItsOwn() throws Exception {
    try (HikariDataSource pool = Pools.jobs(database.address(), SETTINGS)) {
      assertHolds(pool, 2);
    }
  }

  /** That the next one who asks waits until one of so many gives its connection back. */
  private static void assertHolds(HikariDataSource pool, int connections) throws Exception {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      held.add(pool.getConnection());
    }
    CompletableFuture<Boolean> next =
        Bench.aside(() -> {
          try (Connection late = pool.getConnection()) {
            return late.isValid(10);
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
    Await.until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection(), n -> n == 1);
    assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(connections);
    held.removeFirst().close();
    assertThat(next.get(20, TimeUnit.SECONDS)).isTrue();
    for (Connection connection : held) {
      connection.close();
    }
  }

  @Test
  void theDatabaseEndsAStatementThatRunsTooLong() throws Exception {
    try (HikariDataSource work = Pools.work(database.address(), SETTINGS);
        HikariDataSource jobs = Pools.jobs(database.address(), SETTINGS)) {
      for (HikariDataSource pool : List.of(work, jobs)) {
        try (Connection connection = pool.getConnection();
            Statement statement = connection.createStatement()) {
          assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(20)"))
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(CANCELED));
        }
      }
    }
  }
}
