package dev.talkmill.jobs.simulation;

import java.util.Map;
import java.util.TreeMap;

/**
 * What happened in one history, in order: how often each moment was reached and how often a process
 * died at it. Two runs of one history have equal traces, or a seed would replay nothing.
 */
final class Chronicle {

  private final Map<String, Integer> reached = new TreeMap<>();
  private final Map<String, Integer> deaths = new TreeMap<>();
  private final Map<String, Integer> faults = new TreeMap<>();
  private long trace;

  /**
   * Notes a moment.
   *
   * @param where what the strand is at, for example a stage
   */
  void reached(String strand, String where, Moment moment) {
    reached.merge(where + " " + moment, 1, Integer::sum);
    note(strand + where + moment);
  }

  void died(String where, Moment moment) {
    if (moment != Moment.END) {
      deaths.merge(where + " " + moment, 1, Integer::sum);
      note("death" + where + moment);
    }
  }

  /** Notes a fault that took effect, and an operation that changed something. */
  void met(String fault) {
    faults.merge(fault, 1, Integer::sum);
    note(fault);
  }

  private void note(String what) {
    trace = 31 * trace + what.hashCode();
  }

  Map<String, Integer> reached() {
    return reached;
  }

  Map<String, Integer> deaths() {
    return deaths;
  }

  Map<String, Integer> faults() {
    return faults;
  }

  int deathsInAll() {
    return deaths.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Equal where the same happened in the same order. */
  long trace() {
    return trace;
  }
}
