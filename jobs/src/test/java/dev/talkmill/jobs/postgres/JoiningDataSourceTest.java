package dev.talkmill.jobs.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JoiningDataSourceTest {

  private static TestDatabase database;
  private static Database db;
  private static JoiningDataSource joining;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    db = database.database();
    joining = new JoiningDataSource(db.dataSource());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    db.inSystem(() -> db.sql().sql("DELETE FROM tenant").update());
  }

  /** What JobRunr's own code does, which borrows, begins, ends and gives back. */
  private interface Work {
    void on(Connection connection) throws SQLException;
  }

  @Test
  void aCommitInsideDoesNotCommitOurs() {
    assertThatThrownBy(() ->
            db.inSystem(() -> {
              inside(connection -> {
                insert(connection, "inner");
                connection.commit();
                connection.setAutoCommit(true);
              });
              throw new IllegalStateException("ours is rolled back");
            }))
        .hasMessage("ours is rolled back");
    assertThat(names()).isEmpty();
  }

  @Test
  void whatWasCommittedInsideIsThereAfterOurs() {
    db.inSystem(() -> {
      inside(connection -> {
        insert(connection, "inner");
        connection.commit();
      });
      return insertHere("outer");
    });
    assertThat(names()).containsExactly("inner", "outer");
  }

  @Test
  void aRollbackInsideTakesBackTheInnerWorkAlone() {
    db.inSystem(() -> {
      insertHere("outer");
      inside(connection -> {
        insert(connection, "inner");
        connection.rollback();
        connection.setAutoCommit(true);
      });
      return insertHere("after");
    });
    assertThat(names()).containsExactly("after", "outer");
  }

  @Test
  void aStatementThatFailsInsideDoesNotPoisonOurs() {
    db.inSystem(() -> {
      insertHere("outer");
      inside(connection -> {
        try (Statement statement = connection.createStatement()) {
          assertThatThrownBy(() -> statement.execute("SELECT 1 / 0"))
              .isInstanceOf(SQLException.class);
        }
        connection.rollback();
      });
      return insertHere("after");
    });
    assertThat(names()).containsExactly("after", "outer");
  }

  @Test
  void aSecondTurnInsideTheSameTransactionStandsOnItsOwn() {
    db.inSystem(() -> {
      inside(connection -> {
        insert(connection, "first");
        connection.commit();
      });
      inside(connection -> {
        insert(connection, "second");
        connection.rollback();
      });
      return true;
    });
    assertThat(names()).containsExactly("first");
  }

  @Test
  void aRollbackAfterACommitInsideHasNothingToTakeBack() {
    db.inSystem(() -> {
      inside(connection -> {
        insert(connection, "kept");
        connection.commit();
        connection.rollback();
      });
      return true;
    });
    assertThat(names()).containsExactly("kept");
  }

  @Test
  void outsideOfATransactionThereIsNoConnection() {
    assertThatThrownBy(joining::getConnection).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> joining.getConnection("somebody", "else"))
        .isInstanceOf(SQLException.class);
  }

  private static void inside(Work work) {
    try (Connection connection = joining.getConnection()) {
      assertThat(connection.getAutoCommit()).isTrue();
      connection.setAutoCommit(false);
      assertThat(connection.getAutoCommit()).isFalse();
      work.on(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void insert(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO tenant (id, name) VALUES (gen_random_uuid(), '%s')".formatted(name));
    }
  }

  private static int insertHere(String name) {
    return db.sql()
        .sql("INSERT INTO tenant (id, name) VALUES (?, ?)")
        .params(UUID.randomUUID(), name)
        .update();
  }

  private static List<String> names() {
    return db.inSystem(
        () -> db.sql().sql("SELECT name FROM tenant ORDER BY name").query(String.class).list());
  }
}
