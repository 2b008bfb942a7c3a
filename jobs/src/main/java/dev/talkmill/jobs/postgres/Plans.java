package dev.talkmill.jobs.postgres;

/**
 * Plans of what is asked round after round. A connection keeps the plan that it made while a table
 * was small, when reading all of it was cheapest. For relay, leases and sweeps there is an index
 * for every question, and it is read in its order from the first row on.
 */
public final class Plans {

  private static final String BY_INDEX =
      """
      SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
             set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),
             set_config('enable_mergejoin', 'off', true)
      """;

  private Plans() {}

  /** For the statements of the running transaction; costs no round trip. */
  public static void byIndex(Database database) {
    database.write(BY_INDEX).later();
  }
}
