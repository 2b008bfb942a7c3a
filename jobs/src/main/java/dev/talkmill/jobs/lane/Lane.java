package dev.talkmill.jobs.lane;

import dev.talkmill.jobs.lane.Lanes.Permit;
import dev.talkmill.pipeline.ledger.Priority;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The places of one stage. An eighth of them is kept for urgent work: without it a backfill whose
 * calls hang for minutes holds every place, and a live chunk waits for one of them to end. A lane
 * of fewer than eight keeps none: what bounds it is a core, and half of the machine would stand
 * still.
 */
final class Lane {

  private static final int KEPT = 8;

  private final Semaphore all;
  private final Semaphore patient;

  Lane(int size) {
    this.all = new Semaphore(size, true);
    this.patient = new Semaphore(size - size / KEPT, true);
  }

  /** Places that work of this class may take now. */
  int free(boolean urgent) {
    return urgent
        ? all.availablePermits()
        : Math.min(patient.availablePermits(), all.availablePermits());
  }

  Optional<Permit> acquire(Priority priority, Duration wait, Runnable freed)
      throws InterruptedException {
    long until = System.nanoTime() + wait.toNanos();
    if (priority.isUrgent()) {
      return all.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)
          ? Optional.of(permit(true, freed))
          : Optional.empty();
    }
    if (!patient.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    boolean acquired = false;
    try {
      acquired = all.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    } finally {
      if (!acquired) {
        patient.release();
      }
    }
    return acquired ? Optional.of(permit(false, freed)) : Optional.empty();
  }

  Optional<Permit> tryAcquire(Priority priority, Runnable freed) {
    boolean urgent = priority.isUrgent();
    if (!urgent && !patient.tryAcquire()) {
      return Optional.empty();
    }
    if (all.tryAcquire()) {
      return Optional.of(permit(urgent, freed));
    }
    if (!urgent) {
      patient.release();
    }
    return Optional.empty();
  }

  private Permit permit(boolean urgent, Runnable freed) {
    return () -> {
      all.release();
      if (!urgent) {
        patient.release();
      }
      freed.run();
    };
  }
}
