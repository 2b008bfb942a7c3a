package dev.talkmill.chaos.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * How long conversations took to their end, in seconds.
 *
 * @param p99 from the answer to their finish, by nearest rank
 * @param worst the longest of them
 * @param afterLastFault from the last fault to the end of the last conversation
 */
record Convergence(double p99, double worst, double afterLastFault) {

  private static final double MILLIS = 1_000.0;

  static Convergence of(Told told, Map<UUID, Long> settled) {
    List<Double> times = new ArrayList<>();
    double after = 0;
    for (Map.Entry<UUID, Long> finished : told.finished().entrySet()) {
      Long end = settled.get(finished.getKey());
      if (end != null && !told.erasing().contains(finished.getKey())) {
        if (!told.herd().contains(finished.getKey())) {
          times.add(Math.max(0, (end - finished.getValue()) / MILLIS));
        }
        after = Math.max(after, (end - told.lastFaultMillis()) / MILLIS);
      }
    }
    if (times.isEmpty()) {
      return new Convergence(0, 0, after);
    }
    Collections.sort(times);
    int rank = (int) Math.ceil(0.99 * times.size());
    return new Convergence(times.get(rank - 1), times.getLast(), after);
  }
}
