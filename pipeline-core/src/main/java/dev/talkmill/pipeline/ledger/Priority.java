package dev.talkmill.pipeline.ledger;

/**
 * Class of urgency of a ledger row. Classes share the workers by weight, so that none starves: of
 * 16 rows dispatched while all classes have work, 8 are live, 4 upload, 2 re-run, 1 backfill, 1
 * report.
 */
public enum Priority {
  LIVE(0, 8),
  UPLOAD(1, 4),
  RERUN(2, 2),
  BACKFILL(3, 1),
  REPORT(4, 1);

  private final int rank;
  private final int weight;

  Priority(int rank, int weight) {
    this.rank = rank;
    this.weight = weight;
  }

  public int weight() {
    return weight;
  }

  /** Whether somebody waits for it: a few places of every greater lane are kept for such work. */
  public boolean isUrgent() {
    return switch (this) {
      case LIVE, UPLOAD -> true;
      case RERUN, BACKFILL, REPORT -> false;
    };
  }

  /** The number stored with the row; a lower one is more urgent. */
  public int rank() {
    return rank;
  }

  public static Priority ofRank(int rank) {
    for (Priority priority : values()) {
      if (priority.rank == rank) {
        return priority;
      }
    }
    throw new IllegalArgumentException("no priority has rank " + rank);
  }
}
