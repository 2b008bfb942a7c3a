package dev.talkmill.jobs.queue;

import java.util.List;
import java.util.UUID;

/** Where the relay puts jobs; inside the relay's transaction. */
interface Jobs {

  /**
   * Saves a job for each row in one list, and removes the jobs of their earlier, failed attempts.
   *
   * @param old ids of jobs of earlier attempts
   */
  void replace(List<UUID> old, List<DueRows.Due> rows);

  /** Makes an idle worker look for jobs now instead of at its next poll. After commit. */
  void nudge();
}
