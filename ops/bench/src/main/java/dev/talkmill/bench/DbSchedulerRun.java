package dev.talkmill.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * db-scheduler, tuned, as the carrier of {@link HandWork}: one task instance a journey, scheduled
 * in the transaction that inserts its row. It fetches and locks in one statement, is told at once
 * of what is due, and polls ten times a second besides.
 */
final class DbSchedulerRun extends HandEngine {

  /**
   * As its documentation gives it for PostgreSQL, but for the index of priorities: none are used.
   */
  private static final String[] TABLE = {
    """
    CREATE TABLE talkmill.scheduled_tasks (
      task_name text NOT NULL,
      task_instance text NOT NULL,
      task_data bytea,
      execution_time timestamptz NOT NULL,
      picked boolean NOT NULL,
      picked_by text,
      last_success timestamptz,
      last_failure timestamptz,
      consecutive_failures integer,
      last_heartbeat timestamptz,
      version bigint NOT NULL,
      priority smallint,
      PRIMARY KEY (task_name, task_instance))
    """,
    "CREATE INDEX execution_time_idx ON talkmill.scheduled_tasks (execution_time)",
    "CREATE INDEX last_heartbeat_idx ON talkmill.scheduled_tasks (last_heartbeat)"
  };

  private static final Duration POLL = Duration.ofMillis(100);

  private final OneTimeTask<Void> journey;
  private final Scheduler scheduler;

  private DbSchedulerRun(Address address, Path directory) throws SQLException {
    super(address, directory);
    this.journey =
        Tasks.oneTime("journey")
            .execute((instance, context) -> summaries().guard(() -> run(instance.getId())));
    this.scheduler =
        Scheduler.create(new Joining(pool()), journey)
            .threads(THREADS)
            .pollUsingLockAndFetch(0.5, 4.0)
            .pollingInterval(POLL)
            .enableImmediateExecution()
            .build();
  }

  static void createTables(Address address) {
    Stand.execute(address, TABLE);
  }

  static JourneyEngine open(Address address, Path directory) throws SQLException {
    DbSchedulerRun engine = new DbSchedulerRun(address, directory);
    engine.scheduler.start();
    return engine;
  }

  private void run(String id) throws SQLException {
    int slash = id.indexOf('/');
    UUID tenant = UUID.fromString(id.substring(0, slash));
    work().journey(work().claim(tenant, UUID.fromString(id.substring(slash + 1))));
  }

  @Override
  public void insideTransaction(Connection connection, HandRow row) {
    Joining.TRANSACTION.set(connection);
    try {
      scheduler.schedule(
          journey.instance(row.tenant() + "/" + row.id()), Clock.systemUTC().instant());
    } finally {
      Joining.TRANSACTION.remove();
    }
  }

  @Override
  public void afterCommit(HandRow row) {
    scheduler.triggerCheckForDueExecutions();
  }

  @Override
  public void close() {
    scheduler.stop();
    super.close();
  }

  /** The connection of the caller's transaction where there is one, else one of the pool. */
  private static final class Joining extends AbstractDataSource {

    private static final ThreadLocal<@Nullable Connection> TRANSACTION = new ThreadLocal<>();

    private final DataSource pool;

    Joining(DataSource pool) {
      this.pool = pool;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection running = TRANSACTION.get();
      return running == null
          ? pool.getConnection()
          : new SingleConnectionDataSource(running, true).getConnection();
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      throw new UnsupportedOperationException("one user");
    }
  }
}
