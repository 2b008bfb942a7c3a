package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.postgres.Pools.Load;
import dev.talkmill.jobs.queue.DueRows.Candidate;
import dev.talkmill.jobs.queue.DueRows.Due;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the relay dispatches, and in which order. Jobs go to a list instead of to JobRunr. */
class RelayTest {

  /** Rows that a relay dispatches ahead of the free permits. */
  private static final int AHEAD = 2;

  private static TestDatabase database;
  private final Written jobs = new Written();

  /** Jobs as they were handed over. */
  private static final class Written implements Jobs {
    private final List<Due> rows = Collections.synchronizedList(new ArrayList<>());
    private volatile Runnable during = () -> {};

    @Override
    public void replace(List<UUID> old, List<Due> due) {
      during.run();
      rows.addAll(due);
    }

    @Override
    public void nudge() {}
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    sql("DELETE FROM processing_status");
  }

  @Test
  void classesShareTheWindowByWeight() {
    Home home = database.home();
    for (Priority priority : Priority.values()) {
      rows(home, Stage.TRANSCRIBE, priority, 100);
    }
    assertThat(relay(16 - AHEAD, 1_000).runOnce().dispatched()).isEqualTo(16);
    assertThat(
            count("SELECT count(*) FROM processing_status WHERE state = 'QUEUED' AND priority = 0"))
        .isEqualTo(8);
    assertThat(
            texts(
                """
                SELECT priority || ':' || count(*) FROM processing_status
                WHERE state = 'QUEUED' GROUP BY priority ORDER BY priority
                """))
        .containsExactly("0:8", "1:4", "2:2", "3:1", "4:1");
  }

  @Test
  void ofALaterClassNoMoreIsReadThanCanBeLeftForIt() {
    Home home = database.home();
    for (Priority priority : Priority.values()) {
      rows(home, Stage.TRANSCRIBE, priority, 100);
    }
    Map<Priority, List<Candidate>> classes =
        database
            .database()
            .inSystem(() ->
                new DueRows(database.database())
                    .candidates(
                        Map.of(Stage.TRANSCRIBE, new Places(16, 16)),
                        InFlight.count(database.database(), 1_000),
                        Set.of(),
                        Map.of()))
            .getOrDefault(Stage.TRANSCRIBE, Map.of());
    Map<Priority, Integer> read = new EnumMap<>(Priority.class);
    classes.forEach((priority, found) -> read.put(priority, found.size()));
    // Its share of 16 by weight beside the classes before it, rounded up, and one.
    assertThat(read)
        .isEqualTo(
            Map.of(
                Priority.LIVE, 16,
                Priority.UPLOAD, 7,
                Priority.RERUN, 4,
                Priority.BACKFILL, 3,
                Priority.REPORT, 2));
  }

  @Test
  void aSmallTenantDoesNotStandInLineBehindAGreatOne() {
    Home great = database.home();
    rows(great, Stage.TRANSCRIBE, Priority.LIVE, 5_000);
    Home small = database.home();
    rows(small, Stage.TRANSCRIBE, Priority.LIVE, 3);
    relay(4, 1_000).runOnce();
    assertThat(jobs.rows).extracting(due -> due.row().tenant()).hasSize(6).contains(small.tenant());
    assertThat(jobs.rows.stream().filter(due -> due.row().tenant().equals(small.tenant())))
        .hasSize(3);
  }

  @Test
  void insideATenantTheOldestRowComesFirst() {
    Home home = database.home();
    rows(home, Stage.TRANSCRIBE, Priority.LIVE, 50);
    List<String> oldest =
        texts("SELECT id FROM processing_status ORDER BY next_attempt_at, id LIMIT 6");
    relay(4, 1_000).runOnce();
    assertThat(jobs.rows)
        .extracting(due -> due.row().id().toString())
        .containsExactlyInAnyOrderElementsOf(oldest);
  }

  @Test
  void theTurnGoesOnWhereItEndedSoThatNoTenantIsLeftOut() {
    for (int i = 0; i < 5; i++) {
      rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 10);
    }
    Relay relay = relay(1, 1_000);
    for (int pass = 0; pass < 5; pass++) {
      assertThat(relay.runOnce().dispatched()).isEqualTo(3);
      sql("DELETE FROM processing_status WHERE state = 'QUEUED'");
    }
    Map<UUID, Integer> got = new HashMap<>();
    jobs.rows.forEach(due -> got.merge(due.row().tenant(), 1, Integer::sum));
    assertThat(got.values()).containsExactly(3, 3, 3, 3, 3);
  }

  @Test
  void aTenantThatHoldsAllPlacesLeavesMostOfThoseThatComeFreeToANewcomer() {
    Home great = database.home();
    rows(great, Stage.STORE, Priority.LIVE, 1_000);
    Congestion sixMore = new Congestion(() -> 10, () -> Optional.of(new Load(16, 10)));
    Relay relay = relay(lanes(64), 1_000, sixMore);
    assertThat(relay.runOnce().dispatched()).isEqualTo(6);
    jobs.rows.clear();
    // What it does in other stages counts too.
    sql(
        """
        UPDATE processing_status SET stage = 'TRANSCRIBE', updated_at = now() - interval '2 s'
        WHERE state = 'QUEUED'
        """);
    Home small = database.home();
    rows(small, Stage.STORE, Priority.LIVE, 10);
    assertThat(relay.runOnce().dispatched()).isEqualTo(6);
    // The first place falls to whose turn it is, which may be the great one.
    assertThat(jobs.rows.stream().filter(due -> due.row().tenant().equals(small.tenant())))
        .hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void aTenantHasNoMoreInFlightInAStageThanItMay() {
    Home one = database.home();
    Home other = database.home();
    rows(one, Stage.TRANSCRIBE, Priority.LIVE, 20);
    rows(one, Stage.TRANSCRIBE, Priority.BACKFILL, 20);
    rows(other, Stage.TRANSCRIBE, Priority.LIVE, 20);
    Relay relay = relay(100, 3);
    for (int pass = 0; pass < 4; pass++) {
      relay.runOnce();
    }
    assertThat(
            texts(
                """
                SELECT count(*)::text FROM processing_status
                WHERE state = 'QUEUED' GROUP BY tenant_id
                """))
        .containsExactly("3", "3");
    assertThat(relay.moreMayWait()).isTrue();
  }

  @Test
  void aTenantThatIsFullInOneStageIsServedInAnother() {
    Home home = database.home();
    rows(home, Stage.TRANSCRIBE, Priority.LIVE, 5);
    Relay relay = relay(100, 2);
    relay.runOnce();
    rows(home, Stage.STORE, Priority.LIVE, 5);
    relay.runOnce();
    assertThat(
            texts(
                """
                SELECT stage || ':' || count(*) FROM processing_status
                WHERE state = 'QUEUED' GROUP BY stage ORDER BY stage
                """))
        .containsExactly("STORE:2", "TRANSCRIBE:2");
  }

  @Test
  void theWindowIsAboutTheFreeLanesWhateverTheBacklog() throws Exception {
    rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 1_000);
    Lanes lanes = lanes(4);
    Relay relay = relay(lanes, 1_000);
    assertThat(relay.runOnce().dispatched()).isEqualTo(6);
    assertThat(relay.runOnce().dispatched()).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(lanes.acquire(Stage.TRANSCRIBE, Priority.LIVE, Duration.ofSeconds(1))).isPresent();
    }
    sql(
        """
        UPDATE processing_status SET state = 'PROCESSING' WHERE id IN (
          SELECT id FROM processing_status WHERE state = 'QUEUED' LIMIT 4)
        """);
    assertThat(relay.runOnce().dispatched()).isZero();
  }

  @Test
  void aBackfillThatHoldsAllItMayLeavesPlacesForWhatSomebodyWaitsFor() throws Exception {
    rows(database.home(), Stage.TRANSCRIBE, Priority.BACKFILL, 50);
    rows(database.home(), Stage.TRANSCRIBE, Priority.RERUN, 50);
    Lanes lanes = lanes(16);
    Relay relay = relay(lanes, 1_000);
    assertThat(relay.runOnce().dispatched()).isEqualTo(14 + AHEAD);
    for (int i = 0; i < 14; i++) {
      assertThat(lanes.acquire(Stage.TRANSCRIBE, Priority.RERUN, Duration.ofSeconds(1)))
          .isPresent();
    }
    sql("UPDATE processing_status SET state = 'PROCESSING' WHERE state = 'QUEUED'");
    jobs.rows.clear();

    rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 50);
    assertThat(relay.runOnce().dispatched()).isEqualTo(2 + AHEAD);
    assertThat(
            count("SELECT count(*) FROM processing_status WHERE state = 'QUEUED' AND priority = 0"))
        .isGreaterThanOrEqualTo(2);
    assertThat(relay.moreMayWait()).isTrue();
  }

  @Test
  void whoeverWaitsForAPlaceOfABackfillTakesNoneOfThoseThatAreKept() throws Exception {
    rows(database.home(), Stage.TRANSCRIBE, Priority.BACKFILL, 50);
    Lanes lanes = lanes(16);
    Relay relay = relay(lanes, 1_000);
    // More are dispatched than there are places, by a process that had more or before others came.
    assertThat(relay.runOnce().dispatched()).isEqualTo(14 + AHEAD);
    for (int i = 0; i < 14; i++) {
      assertThat(lanes.acquire(Stage.TRANSCRIBE, Priority.RERUN, Duration.ofSeconds(1)))
          .isPresent();
    }
    rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 50);
    jobs.rows.clear();
    assertThat(relay.runOnce().dispatched()).isEqualTo(2);
    assertThat(jobs.rows).allMatch(due -> due.row().priority() == Priority.LIVE);
  }

  @Test
  void oneStageThatIsFullKeepsNoOtherFromItsRows() {
    Home home = database.home();
    rows(home, Stage.TRANSCRIBE, Priority.LIVE, 1_000);
    Relay relay = relay(4, 1_000);
    relay.runOnce();
    rows(home, Stage.AGGREGATE, Priority.LIVE, 2);
    assertThat(relay.runOnce().dispatched()).isEqualTo(2);
  }

  @Test
  void whatIsNotDueIsNotDispatchedAndTheRelayKnowsWhenItWillBe() {
    Home home = database.home();
    rows(home, Stage.TRANSCRIBE, Priority.LIVE, 2);
    sql("UPDATE processing_status SET next_attempt_at = clock_timestamp() + interval '1 hour'");
    Relay relay = relay(4, 1_000);
    assertThat(relay.runOnce().dispatched()).isZero();
    assertThat(relay.untilNextDue()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    sql("UPDATE processing_status SET next_attempt_at = clock_timestamp()");
    assertThat(relay.runOnce().dispatched()).isEqualTo(2);
    assertThat(relay.untilNextDue()).isNull();
  }

  @Test
  void everyDispatchHasAnEpochAndAJobOfItsOwn() {
    rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 1);
    Relay relay = relay(4, 1_000);
    Map<UUID, Long> seen = new HashMap<>();
    for (long epoch = 1; epoch <= 3; epoch++) {
      relay.runOnce();
      Due due = jobs.rows.getLast();
      assertThat(due.row().epoch()).isEqualTo(epoch);
      assertThat(texts("SELECT job_id FROM processing_status"))
          .containsExactly(JourneyRequest.jobId(due.row().id(), epoch).toString());
      seen.put(JourneyRequest.jobId(due.row().id(), epoch), epoch);
      sql("UPDATE processing_status SET state = 'PENDING', lease_until = NULL");
    }
    assertThat(seen).hasSize(3);
  }

  @Test
  void aRowWhoseJobCouldNotBeSavedStaysAsItWas() {
    rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 3);
    List<String> before = texts("SELECT CAST(p AS text) FROM processing_status p ORDER BY id");
    Relay relay = relay(4, 1_000);
    jobs.during =
        () -> {
          throw new IllegalStateException("no jobs today");
        };
    assertThatThrownBy(relay::runOnce).hasMessage("no jobs today");
    assertThat(texts("SELECT CAST(p AS text) FROM processing_status p ORDER BY id"))
        .isEqualTo(before);
    jobs.during = () -> {};
    assertThat(relay.runOnce().dispatched()).isEqualTo(3);
  }

  @Test
  void twoRelaysAtOnceDispatchNoRowTwice() throws Exception {
    rows(database.home(), Stage.TRANSCRIBE, Priority.LIVE, 20);
    Gate gate = new Gate(1);
    jobs.during = gate::pass;
    Relay first = relay(4, 1_000);
    Relay second = relay(4, 1_000);
    CompletableFuture<Relay.Pass> parked = Bench.aside(first::runOnce);
    gate.awaitAll();
    assertThat(second.runOnce().dispatched()).isZero();
    assertThat(second.moreMayWait()).isTrue();
    gate.open();
    assertThat(parked.get(2, TimeUnit.MINUTES).dispatched()).isEqualTo(6);
    assertThat(second.runOnce().dispatched()).isZero();
    assertThat(new HashSet<>(jobs.rows)).hasSize(jobs.rows.size());
  }

  @Test
  void noMoreIsDispatchedThanThereAreConnectionsFor() {
    rows(database.home(), Stage.STORE, Priority.LIVE, 50);
    rows(database.home(), Stage.AGGREGATE, Priority.LIVE, 50);
    AtomicInteger wanted = new AtomicInteger(6);
    Congestion congestion = new Congestion(() -> 12, () -> Optional.of(new Load(16, wanted.get())));
    Relay relay = relay(lanes(64), 1_000, congestion);

    assertThat(relay.runOnce()).isEqualTo(new Relay.Pass(10, false, true));
    assertThat(relay.moreMayWait()).isTrue();
    // No stage takes all of the room.
    assertThat(jobs.rows.stream().filter(due -> due.row().stage() == Stage.STORE)).hasSize(5);
    assertThat(relay.runOnce()).isEqualTo(new Relay.Pass(0, false, true));

    // Whoever is not claimed by now waits for something else, and uses no connection.
    sql("UPDATE processing_status SET updated_at = now() - interval '2 s' WHERE state = 'QUEUED'");
    assertThat(relay.runOnce().dispatched()).isEqualTo(10);

    sql("UPDATE processing_status SET updated_at = now() - interval '2 s' WHERE state = 'QUEUED'");
    // Whoever else wants connections, a journey is at work for each.
    wanted.set(90);
    assertThat(relay.runOnce().dispatched()).isEqualTo(4);
  }

  @Test
  void aPassThatRoomDidNotCutOffSaysSo() {
    rows(database.home(), Stage.STORE, Priority.LIVE, 3);
    Congestion idle = new Congestion(() -> 0, () -> Optional.of(new Load(16, 0)));
    assertThat(relay(lanes(64), 1_000, idle).runOnce()).isEqualTo(new Relay.Pass(3, false, false));
  }

  private Relay relay(int lane, int tenantMax) {
    return relay(lanes(lane), tenantMax);
  }

  private Relay relay(Lanes lanes, int tenantMax) {
    return relay(lanes, tenantMax, Congestion.none());
  }

  private Relay relay(Lanes lanes, int tenantMax, Congestion congestion) {
    return new Relay(
        database.database(),
        jobs,
        new Dispatched(),
        lanes,
        Duration.ofHours(1),
        tenantMax,
        congestion);
  }

  private static Lanes lanes(int size) {
    Map<Stage, Integer> sizes = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      sizes.put(stage, size);
    }
    return new Lanes(sizes, Map.of());
  }

  private static void rows(Home home, Stage stage, Priority priority, int count) {
    database
        .database()
        .inSystem(() ->
            database
                .database()
                .sql()
                .sql(
                    """
                    INSERT INTO processing_status
                      (tenant_id, id, project_id, conversation_id, subject_id, stage,
                       generation, priority, next_attempt_at)
                    SELECT ?, gen_random_uuid(), ?, gen_random_uuid(), gen_random_uuid(), ?,
                           1, ?, clock_timestamp() - interval '1 hour'
                                 + n * interval '1 millisecond'
                    FROM generate_series(1, ?) n
                    """)
                .params(home.tenant(), home.project(), stage.name(), priority.rank(), count)
                .update());
  }

  private static void sql(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }

  private static List<String> texts(String statement) {
    return database
        .database()
        .inSystem(() -> database.database().sql().sql(statement).query(String.class).list());
  }

  private static int count(String statement) {
    return Integer.parseInt(texts(statement).getFirst());
  }
}
