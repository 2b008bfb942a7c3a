package dev.talkmill.chaos.check;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** A verdict in words and figures. */
final class Report {

  private static final int SHOWN_MAX = 20;

  private final Verdict verdict;
  private final PrintStream out;

  Report(Verdict verdict, PrintStream out) {
    this.verdict = verdict;
    this.out = out;
  }

  /** The last line has always the same words. */
  void print() {
    Findings found = verdict.found();
    show("lost", found.lost());
    show("duplicated", found.duplicated());
    show("stuck", found.stuck());
    show("stuck", found.unsettled());
    show("untrue", found.untrue());
    show("apart", found.apart());
    show("not erased", found.unerased());
    show("missed", verdict.missed());
    show("the slowest conversation waited", verdict.slowest());
    bills();
    neighbours();
    last();
  }

  private void bills() {
    for (Entry.Bill bill : verdict.told().bills()) {
      out.printf(
          "provider calls, %s: %d received, %d answered, %d needed%n",
          bill.phase(), bill.calls(), bill.answered(), bill.needed());
    }
  }

  private void neighbours() {
    Told told = verdict.told();
    Convergence convergence = verdict.convergence();
    out.printf(
        Locale.ROOT,
        "calls=%d answered=%d needed=%d commits_unheard=%d postgres_back_s=%.1f herd=%d"
            + " herd_s=%.1f p99_with_outages_s=%.0f worst_converge_s=%.0f after_last_fault_s=%.0f%n",
        told.bills().stream().mapToLong(Entry.Bill::calls).sum(),
        told.answered(),
        told.needed(),
        told.unheard(),
        told.recoverySeconds(FaultKind.POSTGRES_STOP),
        told.herd().size(),
        told.recoverySeconds(FaultKind.HERD),
        Math.ceil(convergence.p99WithOutages()),
        Math.ceil(convergence.worst()),
        Math.ceil(convergence.afterLastFault()));
  }

  private void last() {
    Told told = verdict.told();
    Findings found = verdict.found();
    out.printf(
        Locale.ROOT,
        "acknowledged=%d lost=%d duplicated=%d stuck=%d kills=%d pg_stops=%d zombies=%d"
            + " stale_tried=%d stale_landed=%d p99_converge_s=%.0f%n",
        told.chunks().size(),
        found.lost().size(),
        found.duplicated().size(),
        found.stuck().size() + found.unsettled().size(),
        told.count(FaultKind.KILL),
        told.count(FaultKind.POSTGRES_STOP),
        told.count(FaultKind.ZOMBIE),
        verdict.staleTried(),
        verdict.staleLanded(),
        Math.ceil(verdict.convergence().p99()));
  }

  private void show(String kind, List<String> what) {
    what.stream().limit(SHOWN_MAX).forEach(one -> out.println(kind + ": " + one));
    if (what.size() > SHOWN_MAX) {
      out.printf("%s: and %d more%n", kind, what.size() - SHOWN_MAX);
    }
  }
}
