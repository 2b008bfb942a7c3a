package dev.talkmill.jobs.queue;

import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.JoiningDataSource;
import dev.talkmill.jobs.postgres.Migrations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.filters.JobFilter;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.StorageProviderUtils.DatabaseOptions;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/** JobRunr as this process uses it: two storage providers, one server, and the nudge. */
public final class JobServer implements Jobs, AutoCloseable {

  /** JobRunr's shortest poll; the nudge makes it a fallback. */
  private static final Duration POLL = Duration.ofSeconds(5);

  /** A sweep deletes what has succeeded, an hour later and without writing it anew. */
  private static final Duration LEFT_TO_SWEEPS = Duration.ofHours(36);

  private static final String DELETE_OLD =
      "DELETE FROM jobrunr.jobrunr_jobs WHERE id = ANY (CAST(:ids AS text[])) AND state = 'FAILED'";

  private final Database database;
  private final JsonMapper json = jsonMapper();
  private final StorageProvider storage;
  private final StorageProvider joining;
  private final WorkPages pages;
  private final Nudge nudge;
  private final BackgroundJobServer server;

  /**
   * @param jobs JobRunr's own pool; never the one that handlers use
   * @param workers handlers at once
   * @param drain how long running handlers get to end when the server stops
   */
  public JobServer(
      Database database,
      DataSource jobs,
      JourneyRunner runner,
      int workers,
      Duration drain,
      List<JobFilter> filters) {
    this.database = database;
    this.pages = new WorkPages(workers, System::nanoTime);
    this.storage = mapping(new GroupingStorage(jobs, pages));
    this.joining =
        mapping(
            new PostgresStorageProvider(
                new JoiningDataSource(database.dataSource()),
                Migrations.JOBRUNR_PREFIX,
                DatabaseOptions.NO_VALIDATE));
    this.server =
        new BackgroundJobServer(
            storage,
            json,
            activator(runner),
            usingStandardBackgroundJobServerConfiguration()
                .andPollInterval(POLL)
                .andBackgroundJobServerWorkerPolicy(pages)
                .andDeleteSucceededJobsAfter(LEFT_TO_SWEEPS)
                .andPermanentlyDeleteDeletedJobsAfter(Duration.ofHours(24))
                .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(drain));
    List<JobFilter> all = new ArrayList<>(filters);
    all.add(new OnlyOwnJobs());
    this.server.setJobFilters(all);
    this.nudge = new Nudge(server, pages);
  }

  public void start() {
    server.start();
    nudge.start();
  }

  /** Whether JobRunr's server takes jobs; one failed heartbeat stops it for good. */
  public boolean isRunning() {
    return server.isRunning();
  }

  void restart() {
    server.start();
  }

  /** Stops taking jobs, as one failed heartbeat does. */
  void stop() {
    server.stop();
  }

  /** How often JobRunr has asked for work. */
  long asked() {
    return pages.asked();
  }

  public StorageProvider storage() {
    return storage;
  }

  public JsonMapper json() {
    return json;
  }

  @Override
  public void nudge() {
    nudge.signal();
  }

  @Override
  public void replace(List<UUID> old, List<DueRows.Due> rows) {
    if (!old.isEmpty()) {
      database
          .write(DELETE_OLD)
          .param("ids", old.stream().map(UUID::toString).toArray(String[]::new))
          .later();
    }
    List<Job> jobs = new ArrayList<>(rows.size());
    for (DueRows.Due due : rows) {
      Job job = new Job(due.request().jobId(), new JobDetails(due.request()));
      job.setJobName("%s of %s".formatted(due.row().stage(), due.row().subject()));
      // The ledger owns retries.
      job.setAmountOfRetries(0);
      jobs.add(job);
    }
    joining.save(jobs);
  }

  @Override
  public void close() {
    nudge.close();
    stop();
    storage.close();
  }

  private StorageProvider mapping(StorageProvider storage) {
    storage.setJobMapper(new JobMapper(json));
    return storage;
  }

  /** Job rows are code: only classes of ours may be made from them. */
  static JsonMapper jsonMapper() {
    return new Jackson3JsonMapper(
        BasicPolymorphicTypeValidator.builder().allowIfSubType("dev.talkmill.jobs.queue."));
  }

  private static JobActivator activator(JourneyRunner runner) {
    List<Object> handlers =
        List.of(
            new ChunkJourney.Handler(runner),
            new ConversationJourney.Handler(runner),
            new Erasure.Handler(runner));
    return new JobActivator() {
      @Override
      public <T> T activateJob(Class<T> type) {
        return handlers.stream()
            .filter(type::isInstance)
            .map(type::cast)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("not a handler of ours: " + type));
      }
    };
  }
}
