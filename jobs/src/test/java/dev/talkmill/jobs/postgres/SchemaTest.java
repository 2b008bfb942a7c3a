package dev.talkmill.jobs.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.pipeline.failure.Cause;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Walks the catalogue, so that a table of tomorrow is held to the rules of today. */
class SchemaTest {

  private static final String TENANT_TABLES =
      """
      SELECT c.relname FROM pg_class c
      WHERE c.relnamespace = 'talkmill'::regnamespace AND c.relkind IN ('r', 'p')
        AND EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
      ORDER BY c.relname
      """;

  /** They know no tenant, and say why here. */
  private static final List<String> WITHOUT_TENANT =
      List.of(
          "flyway_schema_history", // Flyway's own.
          "pause", // Of the installation; a tenant reads what can hold its own work.
          "sweep_lease", // Of the installation.
          "tenant"); // Its id is the tenant.

  private static TestDatabase database;
  private static JdbcClient owner;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    owner = JdbcClient.create(Pools.owner(database.address()));
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  static Stream<String> tenantTables() {
    return list(TENANT_TABLES).stream();
  }

  private static List<String> list(String statement, Object... params) {
    return owner.sql(statement).params(params).query(String.class).list();
  }

  @Test
  void everyTableHasATenantButThoseThatAreListed() {
    assertThat(
            list(
                """
                SELECT relname FROM pg_class
                WHERE relnamespace = 'talkmill'::regnamespace AND relkind IN ('r', 'p')
                ORDER BY relname
                """))
        .filteredOn(table -> !list(TENANT_TABLES).contains(table))
        .isEqualTo(WITHOUT_TENANT);
    assertThat(list(TENANT_TABLES)).contains("processing_status", "conversation");
  }

  @ParameterizedTest
  @MethodSource("tenantTables")
  void rowLevelSecurityIsForcedWithAPolicyForEachRole(String table) {
    assertThat(
            list(
                """
                SELECT relrowsecurity || ' ' || relforcerowsecurity FROM pg_class
                WHERE oid = CAST('talkmill.' || ? AS regclass)
                """,
                table))
        .containsExactly("true true");
    assertThat(
            list(
                """
                SELECT r.rolname || ' ' || pg_get_expr(p.polqual, p.polrelid) || ' '
                       || pg_get_expr(p.polwithcheck, p.polrelid)
                FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
                WHERE p.polrelid = CAST('talkmill.' || ? AS regclass) ORDER BY r.rolname
                """,
                table))
        .containsExactly(
            "talkmill_app (tenant_id = talkmill.current_tenant())"
                + " (tenant_id = talkmill.current_tenant())",
            "talkmill_system true true");
  }

  @ParameterizedTest
  @MethodSource("tenantTables")
  void keysCarryTheTenant(String table) {
    assertThat(
            list(
                """
                SELECT i.indexrelid::regclass || ' ' || bool_or(a.attname = 'tenant_id')
                FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                WHERE i.indrelid = CAST('talkmill.' || ? AS regclass) AND i.indisunique
                GROUP BY i.indexrelid
                """,
                table))
        .isNotEmpty()
        .allMatch(key -> key.endsWith(" true"));
  }

  @ParameterizedTest
  @MethodSource("tenantTables")
  void foreignKeysBetweenTenantTablesCarryTheTenant(String table) {
    assertThat(
            list(
                """
                SELECT k.conname FROM pg_constraint k
                WHERE k.contype = 'f' AND k.conrelid = CAST('talkmill.' || ? AS regclass)
                  AND k.confrelid <> 'talkmill.tenant'::regclass
                  AND NOT EXISTS (
                    SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
                    JOIN pg_attribute h ON h.attrelid = k.conrelid AND h.attnum = pair.here
                    JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = pair.there
                    WHERE h.attname = 'tenant_id' AND t.attname = 'tenant_id')
                """,
                table))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("tenantTables")
  void withoutATenantTheTenantsRoleSeesNothingAndWithOneItsOwn(String table) {
    Home home = database.home();
    assertThat(rows("SELECT count(*) FROM " + table, null)).isZero();
    assertThat(rows("SELECT count(*) FROM " + table + " WHERE tenant_id <> ?", home.tenant()))
        .isZero();
  }

  @Test
  void aTenantCanNeitherReadNorWriteNorAdoptWhatIsAnothers() {
    Bench mine = new Bench(database);
    Bench other = new Bench(database);
    UUID conversation = other.conversation();
    UUID chunk = other.chunk(conversation);
    Database db = database.database();
    UUID me = mine.home().tenant();
    assertThat(mine.core().steering().finish(me, conversation, null)).isFalse();
    for (String write :
        List.of(
            "UPDATE conversation SET title = 'mine' WHERE id = ?",
            "DELETE FROM conversation WHERE id = ?")) {
      assertThat(db.inTenant(me, () -> db.sql().sql(write).params(conversation).update()))
          .as(write)
          .isZero();
    }
    assertThatThrownBy(() ->
            db.inTenant(
                me,
                () ->
                    db.sql()
                        .sql("UPDATE project SET tenant_id = ?")
                        .params(other.home().tenant())
                        .update()))
        .isInstanceOf(DataAccessException.class);
    assertThatThrownBy(() ->
            db.inTenant(
                me,
                () ->
                    db.sql()
                        .sql(
                            """
                            INSERT INTO chunk_spool (tenant_id, chunk_id, body, size)
                            VALUES (?, ?, 'x', 1)
                            """)
                        .params(me, chunk)
                        .update()))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM jobrunr.jobrunr_jobs",
        "DELETE FROM jobrunr.jobrunr_jobs",
        "SELECT count(*) FROM sweep_lease",
        "UPDATE api_key SET revoked_at = NULL",
        "DELETE FROM audit_log",
        "UPDATE tenant SET name = 'x'",
        "DELETE FROM pause",
        "UPDATE pause SET reason = 'x'",
        "DROP TABLE conversation",
        "CREATE TABLE talkmill.mine (id uuid)",
        "ALTER TABLE conversation DISABLE ROW LEVEL SECURITY",
      })
  void theTenantsRoleMayNotTouchWhatIsTheInstallations(String statement) {
    Home home = database.home();
    Database db = database.database();
    assertThatThrownBy(() ->
            db.inTenant(
                home.tenant(),
                () ->
                    statement.startsWith("SELECT")
                        ? db.sql().sql(statement).query(Integer.class).single()
                        : db.sql().sql(statement).update()))
        .isInstanceOf(DataAccessException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        INSERT INTO processing_status
          (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state)
        SELECT tenant_id, gen_random_uuid(), project_id, conversation_id, gen_random_uuid(), stage,
               generation, 'DONE'
        FROM processing_status
        """,
        "UPDATE processing_status SET stage = 'GUESS'",
        "UPDATE processing_status SET priority = 5",
        "UPDATE processing_status SET cause = 'fate'",
        "UPDATE processing_status SET progress = 1.5",
        "UPDATE processing_status SET lease_until = now()",
        "UPDATE processing_status SET finished_at = now()",
        "UPDATE processing_status SET outcome = 'ok'",
        "UPDATE processing_status SET state = 'QUEUED'",
        "UPDATE processing_status SET state = 'PROCESSING'",
        "UPDATE processing_status SET error_message = repeat('x', 1001)",
        "UPDATE conversation SET outcome = 'fine'",
        "UPDATE conversation SET outcome = 'ok'",
        "UPDATE conversation SET outcome = 'ok', is_finished = true",
        "UPDATE conversation SET transcript_generation = generation + 1",
        "UPDATE conversation SET summary_generation = 1",
        "UPDATE conversation SET finished_by = 'host'",
        "UPDATE conversation SET expected_chunks = -1",
        "UPDATE conversation SET summary = repeat('x', 20001)",
        "UPDATE conversation SET is_all_chunks_transcribed = NULL",
        "UPDATE conversation_chunk SET state = 'DONE'",
        "UPDATE conversation_chunk SET source = 'SPLIT'",
        "UPDATE conversation_chunk SET sha256 = 'abc'",
        "UPDATE conversation_chunk SET bytes = -1",
      })
  void nonsenseIsRefusedByTheTable(String update) {
    Bench bench = new Bench(database);
    bench.chunk(bench.conversation());
    assertThatThrownBy(() -> bench.seen().update(update))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void everyNameOfTheVocabularyIsKnownToTheTable() {
    Bench bench = new Bench(database);
    UUID conversation = bench.conversation();
    for (Stage stage : Stage.values()) {
      assertThatCode(() ->
              database
                  .database()
                  .inTenant(
                      bench.home().tenant(),
                      () ->
                          bench
                              .core()
                              .ledger()
                              .insert(bench.row(conversation, UUID.randomUUID(), stage, 1))))
          .doesNotThrowAnyException();
    }
    String checks =
        String.join(
            " ",
            list(
                """
                SELECT pg_get_constraintdef(oid) FROM pg_constraint
                WHERE conrelid = 'talkmill.processing_status'::regclass AND contype = 'c'
                """));
    assertThat(checks)
        .contains(Stream.of(State.values()).map(state -> "'" + state + "'").toList())
        .contains(Stream.of(Cause.values()).map(cause -> "'" + cause.code() + "'").toList());
    assertThat(Priority.values()).hasSize(5);
  }

  @Test
  void migrationsMayRunAgain() {
    assertThatCode(() -> Migrations.run(Pools.owner(database.address())))
        .doesNotThrowAnyException();
  }

  /** Counts as the tenant's role, without a tenant or with one. */
  private static int rows(String statement, UUID tenant) {
    Database db = database.database();
    if (tenant != null) {
      return db.inTenant(
          tenant, () -> db.sql().sql(statement).params(tenant).query(Integer.class).single());
    }
    return db.inSystem(() -> {
      db.sql().sql("SELECT set_config('role', 'talkmill_app', true)").query().singleRow();
      return db.sql().sql(statement).query(Integer.class).single();
    });
  }
}
