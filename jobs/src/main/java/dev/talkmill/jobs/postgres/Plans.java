package dev.talkmill.jobs.postgres;

import java.util.List;

/**
 * Plans of what is asked round after round. A connection keeps the plan that it made while a table
 * was small, when reading all of it was cheapest. For relay, leases and sweeps there is an index
 * for every question, and it is read in its order from the first row on.
 */
public final class Plans {

  private static final List<String> BY_INDEX =
      List.of(
          "SET LOCAL enable_seqscan = off",
          "SET LOCAL enable_bitmapscan = off",
          "SET LOCAL enable_sort = off",
          "SET LOCAL enable_hashjoin = off",
          "SET LOCAL enable_mergejoin = off");

  private Plans() {}

  /** For the statements of the running transaction; costs no round trip. */
  public static void byIndex(Database database) {
    BY_INDEX.forEach(setting -> database.write(setting).later());
  }
}
