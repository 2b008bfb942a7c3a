package dev.talkmill.chaos.check;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run has shown.
 *
 * @param missed what was not shown, and limits that were passed
 * @param staleTried writes that named an epoch which was over
 * @param staleLanded rows that were ended by another than their holder
 * @param paid calls of providers that were answered, or may have been
 * @param needed calls whose answers are in a result
 */
record Verdict(
    Told told,
    Findings found,
    Convergence convergence,
    List<String> missed,
    long staleTried,
    long staleLanded,
    long paid,
    long needed) {

  private static final double CONVERGE_SECONDS_MAX = 120;
  private static final double CONVERGE_P99_SECONDS_MAX = 60;
  private static final int SHOWN_MAX = 20;

  private static final String PAID_CALLS =
      "SELECT count(*) FROM provider_call WHERE state IN ('STARTED', 'DONE', 'ABANDONED')";

  private static final String NEEDED_CALLS =
      """
      SELECT count(*) FROM processing_status
      WHERE stage IN ('TRANSCRIBE', 'SUMMARIZE') AND state = 'COMPLETED' AND provider IS NOT NULL
      """;

  /** Without a name of its own for every life, nobody could be told from anybody. */
  private static final String NAMELESS =
      "SELECT count(*) FROM chaos.claim WHERE holder !~ '^w[0-9]+-[0-9]+$'";

  static Verdict of(Told told, Expected expected, Ledger ledger, Bucket bucket)
      throws SQLException {
    Convergence convergence = Convergence.of(told, ledger.settled());
    long staleTried = ledger.count("SELECT last_value FROM chaos.tried");
    long paid = ledger.count(PAID_CALLS);
    long needed = ledger.count(NEEDED_CALLS);
    List<String> missed = new ArrayList<>(expected.missed(told, staleTried));
    missed.addAll(slow(convergence));
    if (ledger.count(NAMELESS) > 0) {
      missed.add("rows were claimed by workers without a name of their own");
    }
    if (paid - needed > told.faults().size()) {
      missed.add("more than one paid call was repeated for each fault");
    }
    return new Verdict(
        told,
        Findings.of(told, ledger, bucket),
        convergence,
        missed,
        staleTried,
        ledger.count("SELECT count(*) FROM chaos.landed"),
        paid,
        needed);
  }

  private static List<String> slow(Convergence convergence) {
    List<String> slow = new ArrayList<>();
    if (convergence.afterLastFault() > CONVERGE_SECONDS_MAX) {
      slow.add("not all was done %.0f s after the last fault".formatted(CONVERGE_SECONDS_MAX));
    }
    if (convergence.p99() > CONVERGE_P99_SECONDS_MAX) {
      slow.add("the p99 of convergence is above %.0f s".formatted(CONVERGE_P99_SECONDS_MAX));
    }
    return slow;
  }

  boolean isGood() {
    return found.isNothing() && missed.isEmpty() && staleLanded == 0;
  }

  /** The last line has always the same words. */
  void print(PrintStream out) {
    show(out, "lost", found.lost());
    show(out, "duplicated", found.duplicated());
    show(out, "stuck", found.stuck());
    show(out, "untrue", found.untrue());
    show(out, "apart", found.apart());
    show(out, "not erased", found.unerased());
    show(out, "missed", missed);
    out.printf("provider calls: %d paid for, %d needed%n", paid, needed);
    out.printf(
        Locale.ROOT,
        "time to converge: p99 %.1f s, worst %.1f s, %.1f s after the last fault%n",
        convergence.p99(),
        convergence.worst(),
        convergence.afterLastFault());
    out.printf(
        Locale.ROOT,
        "acknowledged=%d lost=%d duplicated=%d stuck=%d kills=%d pg_stops=%d zombies=%d"
            + " stale_tried=%d stale_landed=%d p99_converge_s=%.0f%n",
        told.chunks().size(),
        found.lost().size(),
        found.duplicated().size(),
        found.stuck().size(),
        told.count(FaultKind.KILL),
        told.count(FaultKind.POSTGRES_STOP),
        told.count(FaultKind.ZOMBIE),
        staleTried,
        staleLanded,
        Math.ceil(convergence.p99()));
  }

  private static void show(PrintStream out, String kind, List<String> what) {
    what.stream().limit(SHOWN_MAX).forEach(one -> out.println(kind + ": " + one));
    if (what.size() > SHOWN_MAX) {
      out.printf("%s: and %d more%n", kind, what.size() - SHOWN_MAX);
    }
  }
}
