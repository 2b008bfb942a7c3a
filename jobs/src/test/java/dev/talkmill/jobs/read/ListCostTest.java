package dev.talkmill.jobs.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.tenant.ApiKeys;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Reads;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.ledger.State;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a page of a list reads, the last as well as the first, and what erasing one conversation
 * reads, beside 20,000 of everything of the same tenant, without statistics and over a connection
 * whose plans are from when the database was empty.
 */
class ListCostTest {

  private static final int ROWS = 20_000;
  private static final int PAGE = 50;
  private static final int TIMES = 12;

  /** Some entries and pages of indexes for each row of the page. */
  private static final long READ_MAX = 10 * PAGE;

  private static TestDatabase database;
  private static Database db;
  private static Bench bench;
  private static ConversationReads conversations;
  private static LedgerReads ledger;
  private static ApiKeys keys;
  private static UUID tenant;
  private static UUID conversation;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    db = database.database();
    bench = new Bench(database);
    tenant = bench.home().tenant();
    conversations = new ConversationReads(db, Map.of());
    ledger = new LedgerReads(db, Map.of());
    keys = new ApiKeys(db, Clock.systemUTC());
    JdbcClient owner = JdbcClient.create(Pools.owner(database.address()));
    for (String table :
        List.of(
            "conversation",
            "conversation_chunk",
            "processing_status",
            "processing_event",
            "transcript",
            "upload",
            "api_key")) {
      owner.sql("ALTER TABLE talkmill." + table + " SET (autovacuum_enabled = false)").update();
    }
    conversation = bench.conversation();
    keys.issue(tenant, "k", Set.of(Scope.READ), null);
    for (int i = 0; i < TIMES; i++) {
      lists(null);
      erase(bench.conversation());
    }
    fill();
  }

  private static void fill() {
    update(
        """
        INSERT INTO conversation (tenant_id, id, project_id)
        SELECT c.tenant_id, uuidv7(), c.project_id FROM conversation c, generate_series(1, ?)
        WHERE c.id = ?
        """);
    // Few are in another state than COMPLETED, and they are the last.
    update(
        """
        INSERT INTO processing_status
          (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
           outcome, finished_at, lease_until, cause, error_code)
        SELECT c.tenant_id, uuidv7(), c.project_id, c.id, gen_random_uuid(), 'TRANSCRIBE', 1,
               s.state, CASE WHEN s.state = 'COMPLETED' THEN 'ok' END,
               CASE WHEN s.state IN ('COMPLETED', 'FAILED', 'CANCELLED') THEN now() END,
               CASE WHEN s.state IN ('QUEUED', 'PROCESSING') THEN now() END,
               CASE WHEN s.state = 'FAILED' THEN 'input' END,
               CASE WHEN s.state = 'FAILED' THEN 'not_decodable' END
        FROM (SELECT n, CASE WHEN n <= max(n) OVER () - 20 THEN 'COMPLETED'
                             ELSE (ARRAY['PENDING', 'QUEUED', 'PROCESSING', 'FAILED', 'CANCELLED'])
                                    [1 + n % 5] END AS state
              FROM generate_series(1, ?) n) s, conversation c
        WHERE c.id = ?
        """);
    update(
        """
        INSERT INTO upload
          (tenant_id, id, conversation_id, state, bytes, media_type, storage_key, multipart_id,
           chunk_id, expires_at)
        SELECT tenant_id, gen_random_uuid(), id, 'COMPLETED', 1, 'audio/wav', 'k', 'm', id, now()
        FROM conversation LIMIT CAST(? AS integer) - 0 * length(CAST(? AS text))
        """);
    db.inSystem(() ->
        db.sql()
            .sql(
                """
                INSERT INTO api_key (tenant_id, id, name, secret_hash, scopes)
                SELECT ?, uuidv7(), 'k', sha256(CAST(n AS text)::bytea), '{read}'
                FROM generate_series(1, ?) n
                """)
            .params(tenant, ROWS)
            .update());
  }

  private static void update(String statement) {
    bench.seen().update(statement, ROWS, conversation);
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void aPageReadsNoPagesBeforeOrBehindIt() {
    UUID late = lastOf("conversation");
    assertThat(conversations.page(tenant, bench.home().project(), late, PAGE)).hasSize(PAGE);
    for (int i = 0; i < TIMES; i++) {
      assertThat(lists(null)).isLessThan(READ_MAX);
      assertThat(lists(late)).isLessThan(READ_MAX);
    }
  }

  @Test
  void theFewRowsInAStateAreFoundAmongAllThatHaveEnded() {
    for (State state : State.values()) {
      // Erasures of other tests wait, too.
      assertThat(ledger.inState(tenant, state, null, PAGE).size())
          .as("%s", state)
          .isBetween(4, state == State.PENDING || state == State.COMPLETED ? PAGE : 4);
    }
  }

  @Test
  void erasingAConversationReadsNoOthers() {
    assertThat(erase(bench.conversation())).isLessThan(READ_MAX);
  }

  /** What the list reads that reads the most. */
  private static long lists(@Nullable UUID after) {
    long most =
        Reads.inTenant(
            db, tenant, () -> conversations.page(tenant, bench.home().project(), after, PAGE));
    most =
        Math.max(
            most,
            Reads.inTenant(
                db, tenant, () -> ledger.ofConversation(tenant, conversation, after, PAGE)));
    for (State state : State.values()) {
      most =
          Math.max(
              most, Reads.inTenant(db, tenant, () -> ledger.inState(tenant, state, after, PAGE)));
    }
    return Math.max(most, Reads.inSystem(db, () -> keys.list(tenant, after, PAGE)));
  }

  private static long erase(UUID id) {
    Erasing erasing =
        new Erasing(
            db,
            bench.core().conversations(),
            bench.core().ledger(),
            Clock.systemUTC(),
            bytes -> Duration.ZERO);
    return Reads.inTenant(db, tenant, () -> erasing.eraseConversation(tenant, id, "test"));
  }

  /** So that one page and a row follow. */
  private static UUID lastOf(String table) {
    return db.inTenant(
        tenant,
        () ->
            db.sql()
                .sql("SELECT id FROM " + table + " ORDER BY id DESC OFFSET ? LIMIT 1")
                .params(PAGE)
                .query(UUID.class)
                .single());
  }
}
