package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subject that a sweep found, with its tenant: each is mended in its tenant's own transaction.
 */
record Found(UUID tenant, UUID id) {

  private static final Logger log = LoggerFactory.getLogger(Found.class);

  /** Reads back what {@link #cursor} made. */
  static Found at(String cursor) {
    String[] ids = cursor.split("/", 2);
    return new Found(UUID.fromString(ids[0]), UUID.fromString(ids[1]));
  }

  /** Its place in the order of keys. */
  String cursor() {
    return tenant + "/" + id;
  }

  /** Reads pairs of tenant_id and id. */
  static List<Found> list(Database database, String statement, List<?> params) {
    return database.inSystem(() ->
        database
            .sql()
            .sql(statement)
            .params(params)
            .query((row, number) ->
                new Found(row.getObject("tenant_id", UUID.class), row.getObject("id", UUID.class)))
            .list());
  }

  /**
   * Mends each; one that fails does not keep the others from being mended.
   *
   * @return how many were mended; throws what one failed with if none was
   */
  static int mendEach(List<Found> found, Predicate<Found> mend) {
    int mended = 0;
    @Nullable RuntimeException failed = null;
    for (Found subject : found) {
      try {
        mended += mend.test(subject) ? 1 : 0;
      } catch (RuntimeException e) {
        log.warn("{} could not be mended: {}", subject.id(), e.toString());
        failed = e;
      }
    }
    if (failed != null && mended == 0) {
      throw failed;
    }
    return mended;
  }
}
