package dev.talkmill.chaos.check;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run has shown.
 *
 * @param missed what was not shown, and limits that were passed
 * @param staleTried writes that named an epoch which was over
 * @param staleLanded rows that were ended by another than their holder
 * @param slowest what the slowest conversation waited for
 */
record Verdict(
    Told told,
    Findings found,
    Convergence convergence,
    List<String> missed,
    long staleTried,
    long staleLanded,
    List<String> slowest) {

  private static final double CONVERGE_SECONDS_MAX = 120;
  private static final double CONVERGE_P99_SECONDS_MAX = 60;
  private static final double BACK_SECONDS_MAX = 60;

  /** Without a name of its own for every life, nobody could be told from anybody. */
  private static final String NAMELESS =
      "SELECT count(*) FROM chaos.claim WHERE holder !~ '^w[0-9]+-[0-9]+$'";

  static Verdict of(Told told, Expected expected, Ledger ledger, Bucket bucket)
      throws SQLException {
    Convergence convergence = Convergence.of(told, ledger.settled());
    long staleTried = ledger.count("SELECT last_value FROM chaos.tried");
    List<String> missed = new ArrayList<>(expected.missed(told, staleTried));
    missed.addAll(slow(told, convergence));
    if (ledger.count(NAMELESS) > 0) {
      missed.add("rows were claimed by workers without a name of their own");
    }
    if (told.answered() - told.needed() > told.cuts()) {
      missed.add("more paid calls were repeated than were cut off");
    }
    return new Verdict(
        told,
        Findings.of(told, ledger, bucket),
        convergence,
        missed,
        staleTried,
        ledger.count("SELECT count(*) FROM chaos.landed"),
        convergence.slowest() == null ? List.of() : ledger.longestGaps(convergence.slowest()));
  }

  private static List<String> slow(Told told, Convergence convergence) {
    List<String> slow = new ArrayList<>();
    if (convergence.afterLastFault() > CONVERGE_SECONDS_MAX) {
      slow.add("not all was done %.0f s after the last fault".formatted(CONVERGE_SECONDS_MAX));
    }
    if (convergence.p99() > CONVERGE_P99_SECONDS_MAX) {
      slow.add("the p99 of convergence is above %.0f s".formatted(CONVERGE_P99_SECONDS_MAX));
    }
    if (told.recoverySeconds(FaultKind.POSTGRES_STOP) > BACK_SECONDS_MAX) {
      slow.add(
          "work went on later than %.0f s after PostgreSQL came back".formatted(BACK_SECONDS_MAX));
    }
    return slow;
  }

  /** How often a promise was broken. */
  long broken(Promise promise) {
    return switch (promise) {
      case FENCED -> staleLanded;
      case KEPT -> found.lost().size();
      case TOGETHER -> found.apart().size();
      case DERIVED -> found.unsettled().size() + found.untrue().size();
    };
  }

  boolean isGood() {
    return found.isNothing() && missed.isEmpty() && staleLanded == 0;
  }
}
