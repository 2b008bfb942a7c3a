package dev.talkmill.worker.health;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.worker.s3.S3ObjectStore;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** Asks for one thing that the worker needs. Sentences name no address, user or key. */
@FunctionalInterface
public interface Check {

  /** What is missing, in one plain sentence; empty if nothing is. */
  Optional<String> missing();

  /** Whether a query is answered. */
  static Check database(Database database) {
    return () -> {
      database.inSystem(() -> database.sql().sql("SELECT 1").query(Integer.class).single());
      return Optional.empty();
    };
  }

  /** Whether the bucket can be asked for. */
  static Check objectStore(S3ObjectStore store) {
    return () -> {
      try {
        store.checkBucket();
        return Optional.empty();
      } catch (FailureException e) {
        return Optional.of(
            e.failure().message() + ". Recordings are taken in and wait in the database.");
      }
    };
  }

  /** Whether JobRunr's server takes jobs. */
  static Check jobServer(BooleanSupplier running) {
    return () ->
        running.getAsBoolean()
            ? Optional.empty()
            : Optional.of("The job server is stopped; the watchdog starts it again.");
  }

  /**
   * Whether the schema is as new as this worker. Asked until it is: a schema never goes back.
   *
   * @param pending number of migrations that have not been run
   */
  static Check schema(IntSupplier pending) {
    AtomicBoolean current = new AtomicBoolean();
    return () -> {
      int missing = current.get() ? 0 : pending.getAsInt();
      current.set(missing == 0);
      return missing == 0
          ? Optional.empty()
          : Optional.of("The database's schema lacks %d migrations.".formatted(missing));
    };
  }
}
