package dev.talkmill.jobs.sweep;

/**
 * One chore. Run by every process, outside of JobRunr, so that it outlives a broken job server. A
 * round mends one bounded batch; what is not due yet is skipped, so rows that always fail starve
 * nobody.
 */
public interface Sweep {

  /** Names the chore in metrics and logs, for example {@code leases_over}. */
  String name();

  /**
   * Mends one batch.
   *
   * @return how much was mended; in a healthy system 0 for the sweeps that {@link #heals}
   */
  int runOnce();

  /** Whether mending something means that something had gone wrong. */
  boolean heals();
}
