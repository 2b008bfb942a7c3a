package dev.talkmill.jobs.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.util.unit.DataSize;

class RecordingPortalTest {

  private static final long VISIT = 7;

  private static TestDatabase database;
  private static JdbcClient sql;
  private final AtomicInteger signals = new AtomicInteger();
  private Home home;
  private UUID conversation;
  private RecordingPortal portal;

  @BeforeAll
  static void makeThePortalsOwnTable() {
    database = TestDatabase.fresh();
    sql = JdbcClient.create(database.database().dataSource());
    sql.sql("CREATE SCHEMA portal").update();
    sql.sql("CREATE TABLE portal.visit (id bigint PRIMARY KEY, slices integer NOT NULL)").update();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void aVisit() {
    sql.sql("DELETE FROM portal.visit").update();
    sql.sql("INSERT INTO portal.visit VALUES (?, 0)").param(VISIT).update();
    home = database.home();
    conversation = database.conversation(home);
    portal = portal(DataSize.ofMegabytes(1));
  }

  @Test
  void theSliceAndThePortalsOwnRowAreCommittedTogether() {
    UUID chunk = portal.keep(home.tenant(), conversation, VISIT, new byte[2_000], "first");

    assertThat(slices()).isEqualTo(1);
    assertThat(chunksOf(conversation)).containsExactly(chunk);
    assertThat(signals).hasValue(1);
  }

  @Test
  void theSameKeyAndBytesAreTheSameChunk() {
    UUID first = portal.keep(home.tenant(), conversation, VISIT, new byte[2_000], "again");
    UUID second = portal.keep(home.tenant(), conversation, VISIT, new byte[2_000], "again");

    assertThat(second).isEqualTo(first);
    assertThat(chunksOf(conversation)).containsExactly(first);
  }

  @Test
  void whatIsRefusedLeavesNothingOfEitherSide() {
    assertThatThrownBy(
            () -> portal.keep(home.tenant(), UUID.randomUUID(), VISIT, new byte[2_000], "lost"))
        .isInstanceOf(RecordingPortal.Refused.class);
    assertThatThrownBy(() ->
            portal(DataSize.ofBytes(1_000))
                .keep(home.tenant(), conversation, VISIT, new byte[2_000], "full"))
        .isInstanceOf(RecordingPortal.Refused.class);

    assertThat(slices()).isZero();
    assertThat(chunksOf(conversation)).isEmpty();
    assertThat(signals).hasValue(0);
  }

  @Test
  void thePortalsRoleIsItsOwnAgainAfterTheCall() {
    var manager = new JdbcTransactionManager(database.database().dataSource());
    var talkmill = portal.talkmill();
    String role =
        new org.springframework.transaction.support.TransactionTemplate(manager)
            .execute(status -> {
              talkmill.steering().finish(home.tenant(), conversation, null);
              return sql.sql("SELECT current_setting('role')").query(String.class).single();
            });

    assertThat(role).isEqualTo("none");
  }

  @Test
  void theReadmeShowsThisCode() throws IOException {
    Path source =
        Path.of("src/test/java/dev/talkmill/jobs/example/RecordingPortal.java").toAbsolutePath();
    List<String> shown =
        Files.readAllLines(source).stream()
            .dropWhile(line -> !line.contains("// README: begin"))
            .skip(1)
            .takeWhile(line -> !line.contains("// README: end"))
            .map(line -> line.replaceFirst("^ {2}", ""))
            .toList();

    assertThat(shown).hasSizeGreaterThan(20);
    assertThat(Files.readString(Path.of("../README.md")))
        .contains(String.join("\n", shown).strip());
  }

  private RecordingPortal portal(DataSize spoolMax) {
    var manager = new JdbcTransactionManager(database.database().dataSource());
    return new RecordingPortal(manager, spoolMax, signals::incrementAndGet);
  }

  private static int slices() {
    return sql.sql("SELECT slices FROM portal.visit").query(Integer.class).single();
  }

  private List<UUID> chunksOf(UUID id) {
    return database
        .database()
        .inTenant(
            home.tenant(),
            () ->
                database
                    .database()
                    .sql()
                    .sql("SELECT id FROM conversation_chunk WHERE conversation_id = ?")
                    .param(id)
                    .query(UUID.class)
                    .list());
  }
}
