package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.util.List;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.storage.StorageException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A row is QUEUED if and only if its job is saved: both are of one transaction. */
class DispatchTest {

  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static TestWorker worker;
  private Bench bench;
  private UUID row;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
    worker =
        new TestWorker(
            database, new Database(statements), TestWorker.withoutTimers(), new FakeSummarizer());
  }

  @AfterAll
  static void stop() {
    worker.close();
    database.close();
  }

  @BeforeEach
  void row() {
    bench = new Bench(database);
    system("DELETE FROM processing_status");
    system("DELETE FROM jobrunr.jobrunr_jobs");
    UUID conversation = bench.conversation();
    UUID chunk = bench.chunk(conversation);
    row = bench.only(conversation, chunk, "TRANSCRIBE").id();
  }

  @Test
  void aRowAndItsJobAreSavedTogether() {
    assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
    assertThat(seen().state()).isEqualTo("QUEUED");
    assertThat(jobs()).containsExactly(seen().jobId() + " ENQUEUED");
  }

  @Test
  void aJobThatCanNotBeSavedLeavesItsRowPending() {
    statements.failNext("jobrunr_jobs", 1);
    assertThatThrownBy(() -> worker.system().relay().runOnce());
    assertThat(seen().state()).isEqualTo("PENDING");
    assertThat(seen().epoch()).isZero();
    assertThat(jobs()).isEmpty();

    assertThat(worker.system().relay().runOnce().dispatched()).isEqualTo(1);
    assertThat(jobs()).hasSize(1);
  }

  @Test
  void aCommitThatFailsAfterTheSaveLeavesNoJob() {
    statements.failNext("commit", 1);
    assertThatThrownBy(() -> worker.system().relay().runOnce());
    assertThat(seen().state()).isEqualTo("PENDING");
    assertThat(jobs()).isEmpty();
  }

  @Test
  void theFailedJobOfTheLastAttemptGoesWhenTheNextOneIsDispatched() {
    worker.system().relay().runOnce();
    UUID first = seen().jobId();
    system("UPDATE jobrunr.jobrunr_jobs SET state = 'FAILED'");
    system("UPDATE processing_status SET state = 'PENDING', lease_until = NULL");

    worker.system().relay().runOnce();

    assertThat(seen().jobId()).isNotEqualTo(first);
    assertThat(jobs()).containsExactly(seen().jobId() + " ENQUEUED");
  }

  @Test
  void aJobOfTheLastAttemptThatMayStillRunIsLeft() {
    worker.system().relay().runOnce();
    UUID first = seen().jobId();
    system("UPDATE processing_status SET state = 'PENDING', lease_until = NULL");
    worker.system().relay().runOnce();
    assertThat(jobs()).containsExactlyInAnyOrder(first + " ENQUEUED", seen().jobId() + " ENQUEUED");
  }

  @Test
  void jobRunrNeverRepeatsAJobAndNeverTakesAnIdTwice() {
    worker.system().relay().runOnce();
    Job job = worker.system().server().storage().getJobById(seen().jobId());
    assertThat(job.getAmountOfRetries()).isZero();

    Job again = new Job(job.getId(), job.getJobDetails());
    assertThatThrownBy(() -> worker.system().server().storage().save(List.of(again)))
        .isInstanceOf(StorageException.class);
    assertThat(jobs()).containsExactly(seen().jobId() + " ENQUEUED");
  }

  @Test
  void aJobHoldsIdsAndNothingElse() {
    worker.system().relay().runOnce();
    String json =
        database
            .database()
            .inSystem(() ->
                database
                    .database()
                    .sql()
                    .sql("SELECT jobasjson FROM jobrunr.jobrunr_jobs")
                    .query(String.class)
                    .single());
    assertThat(json)
        .contains(row.toString(), bench.home().tenant().toString())
        .doesNotContain("storage_key", "t/test/");
  }

  private Seen.Row seen() {
    return database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> {
              UUID conversation = bench.core().ledger().find(row).orElseThrow().conversation();
              return bench.seen().rows(conversation).getFirst();
            });
  }

  private static List<String> jobs() {
    return database
        .database()
        .inSystem(() ->
            database
                .database()
                .sql()
                .sql("SELECT id || ' ' || state FROM jobrunr.jobrunr_jobs")
                .query(String.class)
                .list());
  }

  private static void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
