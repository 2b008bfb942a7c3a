package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.util.List;
import java.util.UUID;

/**
 * A subject that a sweep found, with its tenant: each is mended in its tenant's own transaction.
 */
record Found(UUID tenant, UUID id) {

  /** Reads pairs of tenant_id and id. */
  static List<Found> list(Database database, String statement, Object... params) {
    return database.inSystem(() ->
        database
            .sql()
            .sql(statement)
            .params(params)
            .query((row, number) ->
                new Found(row.getObject("tenant_id", UUID.class), row.getObject("id", UUID.class)))
            .list());
  }
}
