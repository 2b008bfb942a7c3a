package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Restarts JobRunr's server, which stops for good after one failed heartbeat. Ends the process only
 * if the database answers and starts have failed for five minutes: then a new process is the better
 * try.
 */
public final class Watchdog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration HOPELESS = Duration.ofMinutes(5);

  private final Database database;
  private final Server server;
  private final Runnable giveUp;
  private final LongSupplier nanoTime;
  private final Loop loop;
  private @Nullable Long downSince;

  /** The server that is watched. */
  public interface Server {
    boolean isRunning();

    void start();
  }

  /**
   * @param giveUp ends the process
   */
  public Watchdog(Database database, Server server, Runnable giveUp, LongSupplier nanoTime) {
    this.database = database;
    this.server = server;
    this.giveUp = giveUp;
    this.nanoTime = nanoTime;
    this.loop =
        new Loop(
            "talkmill-watchdog",
            () -> {
              runOnce();
              return EVERY;
            });
  }

  public static Server over(JobServer jobs) {
    return new Server() {
      @Override
      public boolean isRunning() {
        return jobs.isRunning();
      }

      @Override
      public void start() {
        jobs.restart();
      }
    };
  }

  public void start() {
    loop.start();
  }

  /** Looks once; open to tests. */
  public void runOnce() {
    if (server.isRunning()) {
      downSince = null;
      return;
    }
    if (!databaseAnswers()) {
      downSince = null;
      return;
    }
    long now = nanoTime.getAsLong();
    long since = downSince == null ? now : downSince;
    downSince = since;
    if (now - since > HOPELESS.toNanos()) {
      log.error("the job server could not be started for {}; ending the process", HOPELESS);
      giveUp.run();
      return;
    }
    try {
      log.warn("the job server has stopped; starting it again");
      server.start();
    } catch (RuntimeException e) {
      log.warn("the job server did not start: {}", e.toString());
    }
  }

  private boolean databaseAnswers() {
    try {
      return database.inSystem(
          () -> database.sql().sql("SELECT true").query(Boolean.class).single());
    } catch (DataAccessException | TransactionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
