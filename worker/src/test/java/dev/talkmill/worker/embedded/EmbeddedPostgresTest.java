package dev.talkmill.worker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class EmbeddedPostgresTest {

  /** One for all tests: making a database takes seconds, starting on it a fraction of one. */
  @TempDir private static Path shared;

  private static Path directory() {
    return shared.resolve("a b'c");
  }

  @Test
  void commitsAreDurableBySetting() throws SQLException {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      assertThat(ask(connection, "show fsync")).isEqualTo("on");
      assertThat(ask(connection, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(connection, "show full_page_writes")).isEqualTo("on");
      assertThat(ask(connection, "show data_checksums")).isEqualTo("on");
    }
  }

  @Test
  void aServerMadeUnsafeByHandIsRefused() throws SQLException {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      execute(connection, "alter system set fsync = off");
    }
    assertThatThrownBy(() -> EmbeddedPostgres.start(directory()))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("fsync off");
    assertThat(serversOf(directory())).isEmpty();
    assertThat(directory().resolve("data/postgresql.auto.conf").toFile().delete()).isTrue();
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      assertThat(ask(connection, "show fsync")).isEqualTo("on");
    }
  }

  @Test
  void aSecondStartFindsTheDataAndKeepsThePassword() throws SQLException {
    String password;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      password = server.password();
      execute(connection, "create table kept (id int)", "insert into kept values (42)");
    }
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      assertThat(server.password()).isEqualTo(password);
      assertThat(ask(connection, "select id from kept")).isEqualTo("42");
    }
  }

  @Test
  void nobodyGetsInWithoutThePassword() throws IOException {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory())) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.jdbcUrl(), server.username(), "guess"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      assertThat(Files.getPosixFilePermissions(directory().resolve("password")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(Files.getPosixFilePermissions(directory()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      assertThat(Files.readString(directory().resolve("data/pg_hba.conf"))).doesNotContain("trust");
    }
  }

  @Test
  void twoStartsOnOneDirectoryAreRefused() {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory())) {
      assertThat(server.jdbcUrl()).startsWith("jdbc:postgresql://127.0.0.1:");
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory()))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessageStartingWith("Another Talkmill process uses ");
    }
  }

  @Test
  void aSecondProcessOnOneDirectoryIsRefused() throws IOException, SQLException {
    try (ChildJvm holder = ChildJvm.run(List.of(), HoldPostgres.class, directory().toString())) {
      holder.await("STARTED");
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory()))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessageStartingWith("Another Talkmill process uses ");
    }
    awaitUnlocked();
  }

  @Test
  void theServerOfAKilledProcessIsStoppedBeforeTheNextStarts()
      throws IOException, SQLException, InterruptedException {
    Set<Long> stale;
    try (ChildJvm holder = ChildJvm.run(List.of(), HoldPostgres.class, directory().toString())) {
      holder.await("STARTED");
      holder.kill();
      stale = serversOf(directory());
    }
    assertThat(stale).isNotEmpty();
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      assertThat(ask(connection, "select 1")).isEqualTo("1");
      assertThat(serversOf(directory())).doesNotContainAnyElementsOf(stale);
    }
    assertThat(serversOf(directory())).isEmpty();
  }

  @Test
  void aForeignProcessThatGotTheOldProcessIdIsLeftAlone() throws IOException, SQLException {
    EmbeddedPostgres.start(directory()).close();
    Process foreign = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(
          directory().resolve("data/postmaster.pid"),
          foreign.pid() + "\n" + directory().resolve("data") + "\n1\n5432\n\n127.0.0.1\n1 1\n");
      try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
          Connection connection = connect(server)) {
        assertThat(ask(connection, "select 1")).isEqualTo("1");
        assertThat(foreign.isAlive()).isTrue();
      }
    } finally {
      foreign.destroy();
    }
  }

  @Test
  void aPortThatAnotherServerTookIsNotUsed(@TempDir Path other) throws SQLException, IOException {
    try (EmbeddedPostgres foreign = EmbeddedPostgres.start(other);
        ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Queue<Integer> ports = new ArrayDeque<>(List.of(port(foreign), stranger.getLocalPort()));
      try (EmbeddedPostgres server =
              EmbeddedPostgres.start(
                  directory(), () -> ports.isEmpty() ? freePort() : ports.remove());
          Connection connection = connect(server)) {
        assertThat(port(server)).isNotIn(port(foreign), stranger.getLocalPort());
        assertThat(ask(connection, "select current_setting('data_directory')"))
            .isEqualTo(directory().toRealPath().resolve("data").toString());
      }
    }
  }

  @Test
  void anImmediateStopLosesNoAcknowledgedCommit() throws Exception {
    Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory())) {
      try (Connection connection = connect(server)) {
        execute(connection, "drop table if exists log", "create table log (id int primary key)");
      }
      CountDownLatch enough = new CountDownLatch(400);
      try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int writer = 0; writer < 4; writer++) {
          int first = writer * 1_000_000;
          writers.submit(() -> insertUntilTheServerDies(server, first, acknowledged, enough));
        }
        assertThat(enough.await(2, TimeUnit.MINUTES)).isTrue();
        String pid =
            Files.readAllLines(directory().resolve("data/postmaster.pid")).getFirst().strip();
        new ProcessBuilder("kill", "-QUIT", pid).start().waitFor(2, TimeUnit.MINUTES);
      }
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(400);
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id from log")) {
      while (rows.next()) {
        acknowledged.remove(rows.getInt(1));
      }
    }
    assertThat(acknowledged).isEmpty();
  }

  @Test
  void anInterruptedThreadStillStopsTheServer() {
    EmbeddedPostgres server = EmbeddedPostgres.start(directory());
    assertThat(serversOf(directory())).isNotEmpty();
    Thread.currentThread().interrupt();
    server.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(serversOf(directory())).isEmpty();
  }

  @Test
  void rowsAndStatementsStayOutOfTheLog() throws SQLException, IOException {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory());
        Connection connection = connect(server)) {
      execute(connection, "create table said (words text check (words = ''))");
      assertThatThrownBy(() -> execute(connection, "insert into said values ('a secret word')"))
          .isInstanceOf(SQLException.class);
    }
    try (Stream<Path> logs = Files.list(directory().resolve("log"))) {
      List<String> texts = logs.map(EmbeddedPostgresTest::text).toList();
      assertThat(texts).anyMatch(text -> text.contains("violates check constraint"));
      assertThat(texts).noneMatch(text -> text.contains("a secret word"));
    }
  }

  @Test
  void dataOfAnotherVersionIsRefusedInPlainWords(@TempDir Path other) throws IOException {
    Path data = Files.createDirectories(other.resolve("data"));
    Files.writeString(other.resolve("password"), "irrelevant");
    Files.writeString(data.resolve("PG_VERSION"), "9\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(other))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("is of PostgreSQL 9, but this worker brings ");
  }

  @Test
  void rootWithoutUserNamespacesIsToldToRunAsSomebodyElse() {
    assertThat(PostgresCommands.prefix(1000, false)).isEmpty();
    assertThat(PostgresCommands.prefix(0, true)).containsExactly("unshare", "-U");
    assertThatThrownBy(() -> PostgresCommands.prefix(0, false))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("start Talkmill as a non-root user");
  }

  private static void insertUntilTheServerDies(
      EmbeddedPostgres server, int first, Set<Integer> acknowledged, CountDownLatch enough) {
    try (Connection connection = connect(server);
        PreparedStatement insert = connection.prepareStatement("insert into log (id) values (?)")) {
      for (int id = first; id < first + 1_000_000; id++) {
        insert.setInt(1, id);
        insert.executeUpdate();
        acknowledged.add(id);
        enough.countDown();
      }
    } catch (SQLException e) {
      assertThat(acknowledged).isNotEmpty();
    }
  }

  /** A killed holder's lock goes when the system has buried it; then its server is ours to stop. */
  private static void awaitUnlocked() {
    while (true) {
      try {
        EmbeddedPostgres.start(directory()).close();
        return;
      } catch (EmbeddedServiceException e) {
        assertThat(e).hasMessageStartingWith("Another Talkmill process uses ");
        Thread.onSpinWait();
      }
    }
  }

  private static Set<Long> serversOf(Path directory) {
    return new ServerProcesses(directory.toAbsolutePath().resolve("data"))
        .all().stream().map(ProcessHandle::pid).collect(Collectors.toUnmodifiableSet());
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
  }

  private static int port(EmbeddedPostgres server) {
    return Integer.parseInt(server.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1"));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
