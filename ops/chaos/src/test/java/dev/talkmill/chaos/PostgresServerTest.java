package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PostgresServerTest {

  @TempDir Path home;

  @Test
  void howeverItStopsItComesBackOnItsPortWithWhatWasCommitted() throws SQLException {
    try (PostgresServer server = new PostgresServer(home.toAbsolutePath())) {
      int port = server.port();
      execute(server, "CREATE TABLE kept (id integer)");
      int kept = 0;
      for (PostgresStop how : PostgresStop.values()) {
        execute(server, "INSERT INTO kept VALUES (1)");
        server.stop(how);
        server.start();
        assertThat(count(server)).isEqualTo(++kept);
      }
      assertThat(server.port()).isEqualTo(port);
    }
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.address().open();
        Statement statement = connection.createStatement()) {
      statement.execute(sql.replace("kept", "public.kept"));
    }
  }

  private static int count(PostgresServer server) throws SQLException {
    try (Connection connection = server.address().open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM public.kept")) {
      row.next();
      return row.getInt(1);
    }
  }
}
