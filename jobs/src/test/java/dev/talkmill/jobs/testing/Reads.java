package dev.talkmill.jobs.testing;

import dev.talkmill.jobs.postgres.Database;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What statements read: rows of tables that were scanned whole, entries that indexes yielded, and
 * pages of both, for an index that is walked yields only what fits. As PostgreSQL counts them for
 * the running transaction; what is counted runs in one.
 */
public final class Reads {

  private static final String COUNT =
      """
      SELECT coalesce((SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables), 0)
           + coalesce((SELECT sum(pg_stat_get_xact_blocks_fetched(relid))
                       FROM pg_stat_user_tables), 0)
           + coalesce((SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)
                                  + pg_stat_get_xact_blocks_fetched(indexrelid))
                       FROM pg_stat_user_indexes), 0)
      """;

  private Reads() {}

  /** Work that needs the system's role. */
  public static long inSystem(Database database, Supplier<?> work) {
    return database.inSystem(() -> count(database, work));
  }

  /** Work of one tenant. */
  public static long inTenant(Database database, UUID tenant, Supplier<?> work) {
    return database.inTenant(tenant, () -> count(database, work));
  }

  private static long count(Database database, Supplier<?> work) {
    long before = total(database);
    work.get();
    return total(database) - before;
  }

  private static long total(Database database) {
    return database.sql().sql(COUNT).query(Long.class).single();
  }
}
