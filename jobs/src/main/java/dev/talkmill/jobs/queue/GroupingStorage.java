package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.postgres.Migrations;
import dev.talkmill.jobs.postgres.TransientErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jobrunr.jobs.Job;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.StorageException;
import org.jobrunr.storage.StorageProviderUtils.DatabaseOptions;
import org.jobrunr.storage.navigation.AmountRequest;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jspecify.annotations.Nullable;

/**
 * JobRunr's storage of this process. Workers that save their jobs while another's save is under way
 * are saved together in the next transaction: one commit for all of them. Each still waits until
 * its own job is committed, and a job that somebody else has changed fails for its worker alone.
 */
final class GroupingStorage extends PostgresStorageProvider {

  private static final Comparator<Job> BY_ID = Comparator.comparing(Job::getId);

  private final WorkPages pages;
  private final Queue<Saving> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock saving = new ReentrantLock();

  /** A job on its way; its fields are written and read under the lock. */
  private static final class Saving {
    private final Job job;
    private boolean ended;
    private @Nullable RuntimeException failed;

    Saving(Job job) {
      this.job = job;
    }

    void end(@Nullable RuntimeException how) {
      ended = true;
      failed = how;
    }
  }

  GroupingStorage(DataSource jobs, WorkPages pages) {
    super(jobs, Migrations.JOBRUNR_PREFIX, DatabaseOptions.SKIP_CREATE);
    this.pages = pages;
  }

  @Override
  public List<Job> getJobsToProcess(BackgroundJobServer server, AmountRequest request) {
    List<Job> jobs = super.getJobsToProcess(server, request);
    pages.answered(request, jobs.size());
    return jobs;
  }

  @Override
  public Job save(Job job) {
    Saving mine = new Saving(job);
    waiting.add(mine);
    saving.lock();
    try {
      if (!mine.ended) {
        saveAll();
      }
    } finally {
      saving.unlock();
    }
    if (!mine.ended) {
      throw new StorageException("the thread that saved this job broke off");
    }
    if (mine.failed != null) {
      throw mine.failed;
    }
    return job;
  }

  /** JobRunr's heartbeat saves all running jobs: whoever saves several locks them alike. */
  @Override
  public List<Job> save(List<Job> jobs) {
    return super.save(jobs.stream().sorted(BY_ID).toList());
  }

  /** How many jobs wait for a transaction. */
  int waiting() {
    return waiting.size();
  }

  /** Others wait for what this thread does: an interruption is meant for its own job. */
  private void saveAll() {
    boolean interrupted = Thread.interrupted();
    try {
      saveWaiting();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void saveWaiting() {
    List<Saving> group = new ArrayList<>();
    for (Saving next = waiting.poll(); next != null; next = waiting.poll()) {
      group.add(next);
    }
    if (group.size() == 1) {
      saveAlone(group.getFirst());
      return;
    }
    try {
      save(group.stream().map(each -> each.job).toList());
      group.forEach(each -> each.end(null));
    } catch (ConcurrentJobModificationException e) {
      // The others of the group are committed all the same.
      group.forEach(each -> each.end(changedElsewhere(each.job, e)));
    } catch (RuntimeException e) {
      if (TransientErrors.is(e)) {
        // It may have been committed, and a job that is saved twice counts as changed elsewhere.
        group.forEach(each -> each.end(e));
      } else {
        // Whoever of them it is meant for gets it again.
        group.forEach(this::saveAlone);
      }
    }
  }

  private static @Nullable RuntimeException changedElsewhere(
      Job job, ConcurrentJobModificationException changed) {
    return changed.getConcurrentUpdatedJobs().contains(job)
        ? new ConcurrentJobModificationException(job, changed)
        : null;
  }

  private void saveAlone(Saving one) {
    try {
      super.save(one.job);
      one.end(null);
    } catch (RuntimeException e) {
      one.end(e);
    }
  }
}
