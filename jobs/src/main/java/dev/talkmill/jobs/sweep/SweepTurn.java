package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The turn of a sweep that calls the object store, and so cannot hold a transaction meanwhile: one
 * turn per period in the whole installation, each from where the last one ended.
 */
final class SweepTurn {

  /** One row a sweep; a turn that is not over is left alone. */
  private static final String TAKE =
      """
      INSERT INTO sweep_lease AS l (name, holder, lease_until)
      VALUES (:name, :holder, clock_timestamp() + make_interval(secs => :period))
      ON CONFLICT (name) DO UPDATE
      SET holder = excluded.holder, lease_until = excluded.lease_until
      WHERE l.lease_until <= clock_timestamp()
      RETURNING coalesce(l.cursor, '') AS cursor
      """;

  /** Only the holder: a turn that took too long must not set back the next one. */
  private static final String ADVANCE =
      "UPDATE sweep_lease SET cursor = :cursor WHERE name = :name AND holder = :holder";

  private final Database database;
  private final String name;
  private final UUID holder;
  private final @Nullable String cursor;
  private final LongSupplier nanoTime;
  private final long endNanos;

  private SweepTurn(
      Database database,
      String name,
      UUID holder,
      @Nullable String cursor,
      LongSupplier nanoTime,
      long endNanos) {
    this.database = database;
    this.name = name;
    this.holder = holder;
    this.cursor = cursor;
    this.nanoTime = nanoTime;
    this.endNanos = endNanos;
  }

  /** Takes the turn; empty if this period has had one. */
  static Optional<SweepTurn> take(
      Database database, String name, Duration period, LongSupplier nanoTime) {
    UUID holder = UUID.randomUUID();
    // Asked before the database answers, so that this view of the turn ends before the row's.
    long end = nanoTime.getAsLong() + period.toNanos();
    return database
        .inSystem(() ->
            database
                .sql()
                .sql(TAKE)
                .param("name", name)
                .param("holder", holder)
                .param("period", period.toMillis() / 1000.0)
                .query(String.class)
                .optional())
        .map(cursor ->
            new SweepTurn(database, name, holder, cursor.isEmpty() ? null : cursor, nanoTime, end));
  }

  /** Where the last turn ended, or null at the beginning. */
  @Nullable String cursor() {
    return cursor;
  }

  /** Whether the next turn may have begun. */
  boolean isOver() {
    return nanoTime.getAsLong() - endNanos >= 0;
  }

  /** Remembers where the next turn goes on; null begins anew. */
  void end(@Nullable String next) {
    database.inSystem(() ->
        database
            .sql()
            .sql(ADVANCE)
            .param("cursor", next)
            .param("name", name)
            .param("holder", holder)
            .update());
  }
}
