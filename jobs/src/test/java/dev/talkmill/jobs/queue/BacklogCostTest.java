package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.sweep.FinishIdleConversations;
import dev.talkmill.jobs.sweep.Forget;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Reads;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What relay and sweeps read beside 100,000 rows that are none of their business. Tuples are
 * counted, as PostgreSQL counts them for the running transaction, and no time is measured.
 */
class BacklogCostTest {

  private static final int BACKLOG = 100_000;

  private static TestDatabase database;
  private static Database db;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    db = database.database();
    Home home = database.home();
    UUID conversation = new Bench(database).conversation();
    system(
        """
        INSERT INTO processing_status
          (tenant_id, id, project_id, conversation_id, subject_id, stage, generation,
           next_attempt_at)
        SELECT '%s', gen_random_uuid(), '%s', '%s', gen_random_uuid(), 'TRANSCRIBE', 1,
               clock_timestamp() - interval '1 hour'
        FROM generate_series(1, %d)
        """
            .formatted(home.tenant(), home.project(), conversation, BACKLOG));
    system(
        """
        INSERT INTO processing_status
          (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
           outcome, finished_at)
        SELECT '%s', gen_random_uuid(), '%s', '%s', gen_random_uuid(), 'STORE', 1, 'COMPLETED',
               'ok', clock_timestamp()
        FROM generate_series(1, %d)
        """
            .formatted(home.tenant(), home.project(), conversation, BACKLOG));
    system(
        """
        INSERT INTO conversation
          (tenant_id, id, project_id, is_finished, outcome, generation, transcript_generation,
           summary_generation, last_activity_at)
        SELECT '%s', gen_random_uuid(), '%s', true, 'ok', 2, 2, 2,
               clock_timestamp() - interval '1 year'
        FROM generate_series(1, %d)
        """
            .formatted(home.tenant(), home.project(), BACKLOG));
    system("DELETE FROM processing_event");
    JdbcClient.create(Pools.owner(database.address())).sql("VACUUM ANALYZE").update();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void aPassOfTheRelayReadsAboutAsMuchAsItDispatches() {
    Relay relay = relay();
    assertThat(read(relay::runOnce)).isLessThan(4_000);
  }

  @Test
  void theNextDueRowIsFoundWithoutReadingTheBacklog() {
    Relay relay = relay();
    assertThat(read(relay::untilNextDue)).isLessThan(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'tenant', tenant_id::text", "'stage', stage"})
  void whatIsPausedIsNotReadHoweverMuchItIs(String what) {
    system(
        """
        INSERT INTO pause (kind, name, reason, created_by, by_installation)
        SELECT %s, 'why', 'somebody', true FROM processing_status
        WHERE stage = 'TRANSCRIBE' LIMIT 1
        """
            .formatted(what));
    try {
      Relay relay = relay();
      List<Relay.Pass> passes = new ArrayList<>();
      assertThat(read(() -> passes.add(relay.runOnce()))).isLessThan(200);
      assertThat(read(relay::untilNextDue)).isLessThan(100);
      assertThat(passes).containsExactly(new Relay.Pass(0, false, false));
    } finally {
      system("DELETE FROM pause");
    }
  }

  @Test
  void sweepsReadWhatIsOpenAndNotWhatHasEverBeen() {
    Bench bench = new Bench(database);
    List<Sweep> sweeps =
        List.of(
            new FinishIdleConversations(db, bench.core().conversations(), Duration.ofMinutes(5)),
            Forget.rows(db, Duration.ofDays(90)),
            Forget.idempotencyKeys(db),
            Forget.providerCalls(db));
    for (Sweep sweep : sweeps) {
      assertThat(read(sweep::runOnce)).as(sweep.name()).isLessThan(2_000);
    }
  }

  private static long read(Supplier<?> work) {
    return Reads.inSystem(db, work);
  }

  private static Relay relay() {
    Map<Stage, Integer> sizes = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      sizes.put(stage, 64);
    }
    Jobs nowhere =
        new Jobs() {
          @Override
          public void replace(List<UUID> old, List<DueRows.Due> rows) {}

          @Override
          public void nudge() {}
        };
    return new Relay(
        db,
        nowhere,
        new Dispatched(),
        new Lanes(sizes, Map.of()),
        Duration.ofHours(1),
        1_000,
        Congestion.none());
  }

  private static void system(String statement) {
    db.inSystem(() -> db.sql().sql(statement).update());
  }
}
