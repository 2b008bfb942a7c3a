package dev.talkmill.jobs.simulation;

import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A thread of a simulated process that runs only while the driver waits for it, from one pause to
 * the next: so however many there are, one runs at a time, and the driver decides which.
 *
 * <p>It pauses where no transaction is open, before one begins and around each call of a port. What
 * happens inside of a transaction is not interleaved here: PostgreSQL's locks would stop a strand
 * while the driver waits for it. Those races are put together one by one in package {@code
 * journey}.
 */
final class Strand {

  private static final ScopedValue<Strand> CURRENT = ScopedValue.newInstance();
  private static final int LIMIT_SECONDS = 60;

  private final String name;
  private final Mortal process;
  private final Semaphore mayRun = new Semaphore(0);
  private final Semaphore stopped = new Semaphore(0);
  private final Thread thread;
  private boolean pausing;
  private boolean ended;
  private @Nullable Throwable failure;
  private @Nullable String offence;

  Strand(String name, Mortal process, Runnable body) {
    this.name = name;
    this.process = process;
    this.thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(() -> ScopedValue.where(CURRENT, this).run(() -> live(body)));
  }

  /** The strand that calls; null on the driver's own thread, whose effects nothing stops. */
  static @Nullable Strand current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  String name() {
    return name;
  }

  Mortal process() {
    return process;
  }

  boolean hasEnded() {
    return ended;
  }

  /** What it ended with, if not well. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** What it did that no strand may do, or null. */
  @Nullable String offence() {
    return offence;
  }

  /** Runs to its next pause, or to its end. */
  void step() {
    pausing = true;
    run();
  }

  /** Runs to its end without a pause. */
  void finish() {
    while (!ended) {
      pausing = false;
      run();
    }
  }

  private void run() {
    if (ended) {
      return;
    }
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
    mayRun.release();
    await(stopped);
  }

  private void live(Runnable body) {
    await(mayRun);
    try {
      process.ensureAlive();
      body.run();
    } catch (ProcessDeath e) {
      // Nothing of it is left.
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      ended = true;
      stopped.release();
    }
  }

  /** A moment inside of a transaction: the process may die here, and no other strand runs. */
  void inside(Moment moment) {
    process.reach(name, where(), moment);
  }

  /** A moment between two transactions or calls: others may run here, and time may pass. */
  void between(Moment moment) {
    process.reach(name, where(), moment);
    if (pausing) {
      stopped.release();
      await(mayRun);
    }
    process.ensureAlive();
  }

  /** As {@link #between}, around a call of a port: none is made while a transaction is open. */
  void outside(Moment moment) {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      offends(moment + " inside of a transaction");
    }
    between(moment);
  }

  /** Takes note of what no strand may do; the first time counts. */
  void offends(String what) {
    if (offence == null) {
      offence = what;
    }
  }

  /** What it is at: a job tells its stage, a job that has not taken its row yet that it claims. */
  private String where() {
    String stage = MDC.get("stage");
    if (stage != null) {
      return stage;
    }
    String kind = name.substring(0, name.indexOf(' '));
    return kind.equals(Watch.JOB) ? "CLAIM" : kind.toUpperCase(Locale.ROOT);
  }

  private static void await(Semaphore turn) {
    try {
      if (!turn.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("a strand has not come to its next pause");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while strands take turns", e);
    }
  }
}
