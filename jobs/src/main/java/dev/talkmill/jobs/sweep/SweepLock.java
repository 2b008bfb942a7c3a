package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import java.util.function.IntSupplier;

/**
 * One batch of a sweep at a time in the whole installation; a second process just skips its turn.
 */
final class SweepLock {

  /**
   * Batches of a round: what waits after a long stop goes in minutes and not in days, and still one
   * sweep keeps the others waiting for seconds at the most.
   */
  private static final int BATCHES = 20;

  private static final String TRY = "SELECT pg_try_advisory_xact_lock(721634401, hashtext(:name))";

  private final Database database;

  SweepLock(Database database) {
    this.database = database;
  }

  /** Runs one batch, in one transaction. */
  int alone(String name, IntSupplier batch) {
    return database.inSystem(() -> {
      Plans.byIndex(database);
      return database.sql().sql(TRY).param("name", name).query(Boolean.class).single()
          ? batch.getAsInt()
          : 0;
    });
  }

  /**
   * Runs batches, each in a transaction of its own, as long as they are full.
   *
   * @param full what a full batch returns
   */
  int aloneWhileFull(String name, int full, IntSupplier batch) {
    int done = 0;
    for (int i = 0; i < BATCHES; i++) {
      int batchDone = alone(name, batch);
      done += batchDone;
      if (batchDone < full) {
        break;
      }
    }
    return done;
  }
}
