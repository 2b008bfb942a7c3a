package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import java.util.List;

/**
 * Plans of sweeps. A connection keeps the plan that it made while a table was small, when reading
 * all of it was cheapest; for what is asked round after round there is an index, and it is read in
 * its order from the first row on.
 */
final class Plans {

  private static final List<String> BY_INDEX =
      List.of("SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off");

  private Plans() {}

  /** For the statements of the running transaction; costs no round trip. */
  static void byIndex(Database database) {
    BY_INDEX.forEach(setting -> database.write(setting).later());
  }
}
