package dev.talkmill.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.stage.Scratch;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** {@link HandWork} without what carries its rows to it: that is what the references differ in. */
abstract class HandEngine implements JourneyEngine, HandWork.Queue {

  /** As many as Talkmill's two pools have together. */
  private static final int CONNECTIONS = 24;

  /** Journeys at once; more would only wait for a connection or a core. */
  static final int THREADS = 16;

  private final HikariDataSource pool;
  private final HandWork work;
  private final HandIntake intake;
  private final Summaries summaries = new Summaries();

  HandEngine(Address address, Path directory) throws SQLException {
    DatabaseSettings settings =
        new DatabaseSettings(null, null, null, CONNECTIONS, 2, Duration.ofSeconds(30));
    this.pool = Pools.work(address, settings);
    Jdbc jdbc = new Jdbc(pool);
    Scratch scratch = new Scratch(directory, Clock.systemUTC());
    this.work = new HandWork(jdbc, scratch, this, summaries);
    this.intake = new HandIntake(jdbc, this);
  }

  HikariDataSource pool() {
    return pool;
  }

  HandWork work() {
    return work;
  }

  Summaries summaries() {
    return summaries;
  }

  @Override
  public UUID conversation() throws SQLException {
    return intake.conversation();
  }

  @Override
  public void accept(UUID conversation) throws SQLException {
    intake.accept(conversation);
  }

  @Override
  public void finish(UUID conversation) throws SQLException {
    intake.finish(conversation);
  }

  @Override
  public void awaitSummary(UUID conversation) {
    summaries.await(conversation);
  }

  @Override
  public void close() {
    pool.close();
  }
}
