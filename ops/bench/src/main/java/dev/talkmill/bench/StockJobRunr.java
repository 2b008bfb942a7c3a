package dev.talkmill.bench;

import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * JobRunr as it comes, as the carrier of {@link HandWork}: one job a journey, enqueued after the
 * commit of its row, for its free edition takes no part in a transaction of the caller's.
 */
final class StockJobRunr extends HandEngine {

  private static final long NOT_YET = 0;

  private final PostgresStorageProvider storage;
  private final JobRequestScheduler scheduler;
  private final BackgroundJobServer server;
  private final AtomicLong began = new AtomicLong(NOT_YET);

  /** What JobRunr stores of a job. */
  public record Journey(UUID tenant, UUID row) implements JobRequest {
    @Override
    public Class<Handler> getJobRequestHandler() {
      return Handler.class;
    }
  }

  /** Called by JobRunr, which is why it is public. */
  public static final class Handler implements JobRequestHandler<Journey> {

    private final StockJobRunr engine;

    private Handler(StockJobRunr engine) {
      this.engine = engine;
    }

    @Override
    public void run(Journey journey) {
      engine.began.compareAndSet(NOT_YET, System.nanoTime());
      HandWork work = engine.work();
      engine.summaries().guard(() -> work.journey(work.claim(journey.tenant(), journey.row())));
    }
  }

  StockJobRunr(Address address, Path directory) throws SQLException {
    super(address, directory);
    Jackson3JsonMapper json =
        new Jackson3JsonMapper(
            BasicPolymorphicTypeValidator.builder().allowIfSubType("dev.talkmill.bench."));
    this.storage = new PostgresStorageProvider(pool());
    this.storage.setJobMapper(new JobMapper(json));
    this.scheduler = new JobRequestScheduler(storage);
    this.server =
        new BackgroundJobServer(
            storage, json, activator(), usingStandardBackgroundJobServerConfiguration());
  }

  /** Drops the tables that Talkmill has made for JobRunr: here it makes its own. */
  static void dropTables(Address address) {
    Stand.execute(address, "DROP SCHEMA jobrunr CASCADE");
  }

  private JobActivator activator() {
    Handler handler = new Handler(this);
    return new JobActivator() {
      @Override
      public <T> T activateJob(Class<T> type) {
        return type.cast(handler);
      }
    };
  }

  /**
   * Records conversations and then starts the server, which looks for jobs as it starts: left out
   * is the wait of up to 15 s for its next look, which a measure of a rate has no use for.
   *
   * @return seconds of recording, and from the start of the first job to the last summary
   */
  double seconds(int conversations) throws Exception {
    began.set(NOT_YET);
    long start = System.nanoTime();
    List<UUID> recorded = Clients.record(this, conversations);
    long accepted = System.nanoTime();
    server.start();
    try {
      recorded.forEach(this::awaitSummary);
      long end = System.nanoTime();
      return ((accepted - start) + (end - began.get())) / 1e9;
    } finally {
      server.stop();
    }
  }

  @Override
  public void insideTransaction(Connection connection, HandRow row) {}

  @Override
  public void afterCommit(HandRow row) {
    scheduler.enqueue(new Journey(row.tenant(), row.id()));
  }

  @Override
  public void close() {
    storage.close();
    super.close();
  }
}
