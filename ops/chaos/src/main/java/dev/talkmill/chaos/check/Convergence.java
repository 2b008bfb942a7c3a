package dev.talkmill.chaos.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How long conversations took to their end, in seconds.
 *
 * @param p99 from the answer to their finish, by nearest rank
 * @param worst the longest of them
 * @param slowest conversation, if any has ended
 * @param afterLastFault from the last fault to the end of the last conversation
 */
record Convergence(double p99, double worst, @Nullable UUID slowest, double afterLastFault) {

  private static final double MILLIS = 1_000.0;

  static Convergence of(Told told, Map<UUID, Long> settled) {
    List<Double> times = new ArrayList<>();
    double after = 0;
    double worst = 0;
    UUID slowest = null;
    for (Map.Entry<UUID, Long> finished : told.finished().entrySet()) {
      Long end = settled.get(finished.getKey());
      if (end == null || told.erasing().contains(finished.getKey())) {
        continue;
      }
      after = Math.max(after, (end - told.lastFaultMillis()) / MILLIS);
      double seconds = Math.max(0, (end - finished.getValue()) / MILLIS);
      if (told.herd().contains(finished.getKey())) {
        continue;
      }
      times.add(seconds);
      if (seconds >= worst) {
        worst = seconds;
        slowest = finished.getKey();
      }
    }
    return new Convergence(p99(times), worst, slowest, after);
  }

  private static double p99(List<Double> times) {
    Collections.sort(times);
    return times.isEmpty() ? 0 : times.get((int) Math.ceil(0.99 * times.size()) - 1);
  }
}
