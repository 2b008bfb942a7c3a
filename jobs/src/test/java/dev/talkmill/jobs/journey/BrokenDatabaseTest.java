package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.stage.StageStep.Work;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The database fails at the worst moments; nothing is lost and no lane narrows. */
class BrokenDatabaseTest {

  private TestDatabase database;
  private ParkingDataSource statements;
  private Database parking;
  private FakeTranscribe transcribe;
  private TestWorker worker;
  private Bench bench;
  private UUID conversation;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    parking = new Database(statements);
    transcribe = new FakeTranscribe(parking);
  }

  private void start(LedgerSettings settings) {
    worker = new TestWorker(database, parking, settings, new FakeSummarizer(), transcribe).start();
    bench = new Bench(database, database.database(), TestWorker.settings(), worker.core().signal());
    conversation = bench.conversation();
  }

  @AfterEach
  void stop() {
    worker.close();
    database.close();
  }

  @Test
  void claimsThatTheDatabaseRefusedDoNotNarrowTheLane() {
    start(TestWorker.withoutTimers());
    statements.failNext("SET state = 'PROCESSING'", 8);
    for (int i = 0; i < 8; i++) {
      bench.chunk(conversation);
    }
    Await.until(
        () -> bench.seen().rows(conversation, "TRANSCRIBE"),
        all -> all.stream().allMatch(row -> row.state().equals("COMPLETED")));
  }

  @Test
  void anEndThatCouldNotBeWrittenIsTriedAgain() {
    start(TestWorker.settings());
    statements.failNext("SET state = 'COMPLETED'", 2);
    bench.chunk(conversation);
    bench.finish(conversation);
    assertThat(bench.seen().settled(conversation).summary()).isEqualTo("Summary of revision 1");
  }

  @Test
  void aHandlerThatStopsForWantOfRenewalGivesItsRowBackAndIsNoCrash() {
    AtomicInteger crashes = new AtomicInteger();
    AtomicBoolean first = new AtomicBoolean(true);
    RowLock held = new RowLock();
    transcribe.during(work -> {
      crashes.accumulateAndGet(work.row().crashCount(), Math::max);
      if (first.getAndSet(false)) {
        held.lock(database, work.row().id());
        Await.until(() -> isHeld(work), still -> !still);
        held.release();
        work.ensureHeld();
      }
    });
    start(TestWorker.settings());
    bench.chunk(conversation);
    bench.finish(conversation);
    assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("ok");
    assertThat(first).isFalse();
    assertThat(crashes).hasValue(1);
  }

  private static boolean isHeld(Work work) {
    try {
      work.ensureHeld();
      return true;
    } catch (LostClaimException e) {
      return false;
    }
  }

  /** A second connection that holds a row, so that its lease cannot be renewed. */
  private static final class RowLock {
    private Connection connection;

    void lock(TestDatabase database, UUID row) {
      try {
        connection = Pools.owner(database.address()).getConnection();
        connection.setAutoCommit(false);
        try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT FROM talkmill.processing_status WHERE id = ? FOR UPDATE")) {
          select.setObject(1, row);
          select.execute();
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    void release() {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
