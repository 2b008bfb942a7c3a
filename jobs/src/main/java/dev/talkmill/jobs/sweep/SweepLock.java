package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.util.function.IntSupplier;

/**
 * One batch of a sweep at a time in the whole installation; a second process just skips its turn.
 */
final class SweepLock {

  private static final String TRY = "SELECT pg_try_advisory_xact_lock(721634401, hashtext(:name))";

  private final Database database;

  SweepLock(Database database) {
    this.database = database;
  }

  int alone(String name, IntSupplier batch) {
    return database.inSystem(() ->
        database.sql().sql(TRY).param("name", name).query(Boolean.class).single()
            ? batch.getAsInt()
            : 0);
  }
}
