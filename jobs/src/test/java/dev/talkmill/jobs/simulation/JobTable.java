package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.queue.ByHand;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.storage.StorageProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * JobRunr's table as its server treats it: a job is given out once, its end is noted afterwards,
 * and whatever was not noted is given out again. So a job runs at least once, and what it does must
 * land once.
 */
final class JobTable {

  private final JdbcClient owner;
  private final StorageProvider storage;

  /** Read once: of a job only its state changes, which is asked for in the table. */
  private final Map<String, Job> known = new HashMap<>();

  JobTable(JdbcClient owner, StorageProvider storage) {
    this.owner = owner;
    this.storage = storage;
  }

  /** Jobs that wait, in the order of their rows, which is the same in every run of a seed. */
  List<Job> enqueued() {
    return in("state = 'ENQUEUED'");
  }

  /** Jobs that were given out, whatever has become of them. */
  List<Job> givenOut() {
    return in("state <> 'ENQUEUED'");
  }

  /** Jobs that were given out and whose end was not noted. */
  List<Job> underWay() {
    return in("state = 'PROCESSING'");
  }

  /** How many are in a state. */
  int count(String state) {
    return owner
        .sql("SELECT count(*) FROM jobrunr.jobrunr_jobs WHERE state = ?")
        .params(state)
        .query(Integer.class)
        .single();
  }

  private List<Job> in(String condition) {
    return owner
        .sql("SELECT id FROM jobrunr.jobrunr_jobs WHERE " + condition)
        .query(String.class)
        .list()
        .stream()
        .map(id -> known.computeIfAbsent(id, job -> storage.getJobById(UUID.fromString(job))))
        .sorted(
            Comparator.<Job, UUID>comparing(job -> ByHand.request(job).row())
                .thenComparing(job -> ByHand.request(job).epoch()))
        .toList();
  }

  void giveOut(Job job) {
    set(job, "PROCESSING");
  }

  void ended(Job job, boolean well) {
    set(job, well ? "SUCCEEDED" : "FAILED");
  }

  /** Its end was forgotten, or its server is taken for dead. */
  void rescue(Job job) {
    set(job, "ENQUEUED");
  }

  private void set(Job job, String state) {
    owner
        .sql(
            """
            UPDATE jobrunr.jobrunr_jobs SET state = ?, updatedat = now() AT TIME ZONE 'UTC'
            WHERE id = ?
            """)
        .params(state, job.getId().toString())
        .update();
  }
}
