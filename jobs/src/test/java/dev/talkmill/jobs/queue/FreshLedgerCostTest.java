package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Reads;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What the relay reads of 20,000 rows that have come since the database was made: none of it has
 * been analysed, and the plans are from when it was empty.
 */
class FreshLedgerCostTest {

  private static final int ROWS = 20_000;

  /** Enough that a connection keeps the plans it has made. */
  private static final int TIMES = 12;

  /** Entries and pages of every index for each row that is dispatched, and of one in flight. */
  private static final int READ_MAX = 64 * Relay.BATCH;

  @Test
  void aPassOfTheRelayReadsWhatItDispatchesAlsoBeforeThereAreStatistics() {
    try (TestDatabase database = TestDatabase.fresh()) {
      JdbcClient.create(Pools.owner(database.address()))
          .sql("ALTER TABLE talkmill.processing_status SET (autovacuum_enabled = false)")
          .update();
      Bench bench = new Bench(database);
      UUID conversation = bench.conversation();
      Relay relay = relay(database);
      for (int i = 0; i < TIMES; i++) {
        bench.chunk(conversation);
        assertThat(relay.runOnce().dispatched()).isEqualTo(1);
        relay.untilNextDue();
      }
      insert(bench, conversation, "PENDING");
      insert(bench, conversation, "COMPLETED");
      for (int i = 0; i < 3; i++) {
        assertThat(Reads.inSystem(database.database(), relay::runOnce)).isLessThan(READ_MAX);
      }
      assertThat(Reads.inSystem(database.database(), relay::untilNextDue)).isLessThan(100);
      assertThat(bench.seen().rows(conversation).stream().filter(row -> row.epoch() > 0))
          .hasSize(TIMES + 3 * Relay.BATCH);
    }
  }

  private static void insert(Bench bench, UUID conversation, String state) {
    bench
        .seen()
        .update(
            """
            INSERT INTO processing_status
              (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state,
               outcome, finished_at)
            SELECT c.tenant_id, gen_random_uuid(), c.project_id, c.id, gen_random_uuid(),
                   'TRANSCRIBE', 1, s.state, CASE WHEN s.state = 'COMPLETED' THEN 'ok' END,
                   CASE WHEN s.state = 'COMPLETED' THEN now() END
            FROM conversation c, (VALUES (?)) AS s (state), generate_series(1, ?) WHERE c.id = ?
            """,
            state,
            ROWS,
            conversation);
  }

  private static Relay relay(TestDatabase database) {
    Jobs nowhere =
        new Jobs() {
          @Override
          public void replace(List<UUID> old, List<DueRows.Due> rows) {}

          @Override
          public void nudge() {}
        };
    Map<Stage, Integer> sizes =
        Stream.of(Stage.values()).collect(Collectors.toMap(stage -> stage, stage -> 5 * ROWS));
    return new Relay(
        database.database(),
        nowhere,
        new Dispatched(),
        new Lanes(sizes, Map.of()),
        Duration.ofHours(1),
        ROWS,
        Congestion.none());
  }
}
