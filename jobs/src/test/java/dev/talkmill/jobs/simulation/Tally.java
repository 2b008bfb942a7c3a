package dev.talkmill.jobs.simulation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What many histories met, so that none of it may silently never happen. */
final class Tally {

  private final Map<String, Integer> reached = new TreeMap<>();
  private final Map<String, Integer> deaths = new TreeMap<>();
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Map<String, Integer> operations = new TreeMap<>();
  private int histories;
  private int acknowledged;
  private int fenced;

  /** Adds one history. */
  void add(List<Op> steps, Chronicle chronicle, int nowAcknowledged, int nowFenced) {
    histories++;
    acknowledged += nowAcknowledged;
    fenced += nowFenced;
    add(chronicle.reached(), reached);
    add(chronicle.deaths(), deaths);
    add(chronicle.faults(), faults);
    steps.forEach(op -> operations.merge(op.getClass().getSimpleName(), 1, Integer::sum));
  }

  /** Adds what another one has counted. */
  void add(Tally other) {
    histories += other.histories;
    acknowledged += other.acknowledged;
    fenced += other.fenced;
    add(other.reached, reached);
    add(other.deaths, deaths);
    add(other.faults, faults);
    add(other.operations, operations);
  }

  private static void add(Map<String, Integer> counts, Map<String, Integer> all) {
    counts.forEach((what, times) -> all.merge(what, times, Integer::sum));
  }

  /** Chunks that were acknowledged and not erased. */
  int acknowledged() {
    return acknowledged;
  }

  /** Rows that a job had lost when it ended. */
  int fenced() {
    return fenced;
  }

  /** Where processes died, as {@code STAGE MOMENT}. */
  Map<String, Integer> deaths() {
    return Map.copyOf(deaths);
  }

  Map<String, Integer> faults() {
    return Map.copyOf(faults);
  }

  Map<String, Integer> operations() {
    return Map.copyOf(operations);
  }

  @Override
  public String toString() {
    Map<String, Integer> survived = new TreeMap<>(reached);
    survived.keySet().removeAll(deaths.keySet());
    int died = deaths.values().stream().mapToInt(Integer::intValue).sum();
    return """
    histories=%d acknowledged=%d deaths=%d fenced=%d
    faults %s
    operations %s
    deaths %s
    reached, and nobody died there %s
    """
        .formatted(histories, acknowledged, died, fenced, faults, operations, deaths, survived);
  }
}
