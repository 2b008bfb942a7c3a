package dev.talkmill.pipeline.ledger;

import java.util.EnumSet;
import java.util.Set;

/** Where a ledger row stands. This table is the only place that says which moves are allowed. */
public enum State {
  /** Due at {@code next_attempt_at}; the relay moves it on. */
  PENDING,
  /** A job exists; its handler's claim moves it on before the dispatch lease is over. */
  QUEUED,
  /** A handler holds the epoch and renews the lease. */
  PROCESSING,
  /** Done, with an outcome. Final. */
  COMPLETED,
  /**
   * Attempts spent or not worth retrying, with cause and code. An operator moves it on, or newer
   * work that makes it needless.
   */
  FAILED,
  /** Stopped by the API or a policy. Final. */
  CANCELLED;

  /** The states that a row in this state may move to. */
  public Set<State> next() {
    return switch (this) {
      // PENDING to PROCESSING: an operator requeued the job in the dashboard ("run now").
      case PENDING -> EnumSet.of(QUEUED, PROCESSING, CANCELLED);
      // QUEUED to PENDING: the dispatch lease is over, the job was lost or never started.
      case QUEUED -> EnumSet.of(PROCESSING, PENDING, CANCELLED);
      // PROCESSING to PENDING: retry, hand-back at shutdown, or the lease is over.
      case PROCESSING -> EnumSet.of(PENDING, COMPLETED, FAILED, CANCELLED);
      // FAILED to CANCELLED: a newer generation or revision does the work, or it was erased.
      case FAILED -> EnumSet.of(PENDING, PROCESSING, CANCELLED);
      case COMPLETED, CANCELLED -> EnumSet.noneOf(State.class);
    };
  }

  public boolean mayBecome(State other) {
    return next().contains(other);
  }

  /** Whether the row still stands for work to be done. */
  public boolean isOpen() {
    return switch (this) {
      case PENDING, QUEUED, PROCESSING -> true;
      case COMPLETED, FAILED, CANCELLED -> false;
    };
  }
}
