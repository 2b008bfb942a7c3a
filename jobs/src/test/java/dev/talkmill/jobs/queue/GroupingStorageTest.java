package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.ParkingDataSource.Parked;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.StorageException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Workers that save while another's save is under way; each test holds that one at its commit. */
class GroupingStorageTest {

  private static TestDatabase database;
  private static ParkingDataSource statements;
  private static GroupingStorage storage;
  private static final AtomicInteger TRANSACTIONS = new AtomicInteger();
  private Job first;
  private Job second;
  private Job third;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    statements =
        new ParkingDataSource(
            new DelegatingDataSource(database.jobs()) {
              @Override
              public Connection getConnection() throws SQLException {
                TRANSACTIONS.incrementAndGet();
                return super.getConnection();
              }
            });
    storage = new GroupingStorage(statements, new WorkPages(8, System::nanoTime));
    storage.setJobMapper(new JobMapper(JobServer.jsonMapper()));
  }

  @AfterAll
  static void stop() {
    storage.close();
    database.close();
  }

  @BeforeEach
  void jobs() {
    first = saved();
    second = saved();
    third = saved();
  }

  private static Job saved() {
    JourneyRequest request =
        JourneyRequest.of(Stage.STORE, UUID.randomUUID(), UUID.randomUUID(), 1);
    Job job = new Job(request.jobId(), new JobDetails(request));
    job.setJobName("a job");
    return storage.save(job);
  }

  @Test
  void theyAreCommittedTogether() throws Exception {
    Parked commit = statements.parkCommit();
    CompletableFuture<?> alone = saving(first);
    commit.awaitArrival();
    List<CompletableFuture<?>> together = List.of(saving(second), saving(third));
    Await.until(storage::waiting, waiting -> waiting == 2);
    int before = TRANSACTIONS.get();
    commit.close();
    alone.get(10, TimeUnit.SECONDS);
    for (CompletableFuture<?> each : together) {
      each.get(10, TimeUnit.SECONDS);
    }
    assertThat(TRANSACTIONS.get() - before).isEqualTo(1);
    assertThat(List.of(state(first), state(second), state(third))).containsOnly(StateName.DELETED);
  }

  @Test
  void whatSomebodyElseHasChangedFailsForItsWorkerAlone() throws Exception {
    Job elsewhere = storage.getJobById(second.getId());
    elsewhere.delete("elsewhere");
    storage.save(elsewhere);
    Parked commit = statements.parkCommit();
    saving(first);
    commit.awaitArrival();
    CompletableFuture<?> stale = saving(second);
    CompletableFuture<?> fresh = saving(third);
    Await.until(storage::waiting, waiting -> waiting == 2);
    commit.close();
    fresh.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> stale.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ConcurrentJobModificationException.class);
    assertThat(state(third)).isEqualTo(StateName.DELETED);
  }

  @Test
  void whatTheDatabaseRefusesFailsForItsWorkerAlone() throws Exception {
    Parked commit = statements.parkCommit();
    saving(first);
    commit.awaitArrival();
    statements.failNext("update jobrunr.jobrunr_jobs", 2, "22P05");
    CompletableFuture<?> refused = saving(second);
    Await.until(storage::waiting, waiting -> waiting == 1);
    CompletableFuture<?> fresh = saving(third);
    Await.until(storage::waiting, waiting -> waiting == 2);
    commit.close();
    assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StorageException.class);
    fresh.get(10, TimeUnit.SECONDS);
    assertThat(state(third)).isEqualTo(StateName.DELETED);
  }

  @Test
  void whereACommitIsNotAnsweredAllOfTheGroupAreTold() throws Exception {
    Parked commit = statements.parkCommit();
    CompletableFuture<?> alone = saving(first);
    commit.awaitArrival();
    CompletableFuture<?> one = saving(second);
    CompletableFuture<?> other = saving(third);
    Await.until(storage::waiting, waiting -> waiting == 2);
    statements.loseNextCommitAnswers(2);
    commit.close();
    for (CompletableFuture<?> each : List.of(alone, one, other)) {
      assertThatThrownBy(() -> each.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(StorageException.class)
          .cause()
          .isNotInstanceOf(ConcurrentJobModificationException.class);
    }
  }

  private static CompletableFuture<?> saving(Job job) {
    job.delete("done");
    return CompletableFuture.runAsync(() -> storage.save(job), Thread::startVirtualThread);
  }

  private static StateName state(Job job) {
    return storage.getJobById(job.getId()).getState();
  }
}
