package dev.talkmill.chaos.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How long conversations took to their end, in seconds; those of a herd are left out.
 *
 * @param p99 from the answer to their finish, or from the end of an outage of PostgreSQL, of the
 *     providers or of the store if one was meanwhile; by nearest rank
 * @param p99WithOutages from the answer to their finish, whatever was meanwhile
 * @param worst the longest of these
 * @param slowest conversation, if any has ended
 * @param afterLastFault from the last fault to the end of the last conversation
 */
record Convergence(
    double p99,
    double p99WithOutages,
    double worst,
    @Nullable UUID slowest,
    double afterLastFault) {

  private static final double MILLIS = 1_000.0;

  static Convergence of(Told told, Map<UUID, Long> settled) {
    NavigableSet<Long> outages = told.outagesOver();
    List<Double> times = new ArrayList<>();
    List<Double> withOutages = new ArrayList<>();
    double after = 0;
    double worst = 0;
    UUID slowest = null;
    for (Map.Entry<UUID, Long> finished : told.finished().entrySet()) {
      Long end = settled.get(finished.getKey());
      if (end == null || told.erasing().contains(finished.getKey())) {
        continue;
      }
      after = Math.max(after, (end - told.lastFaultMillis()) / MILLIS);
      if (told.herd().contains(finished.getKey())) {
        continue;
      }
      double whole = Math.max(0, (end - finished.getValue()) / MILLIS);
      if (whole >= worst) {
        worst = whole;
        slowest = finished.getKey();
      }
      withOutages.add(whole);
      Long over = outages.floor(end);
      times.add(over == null ? whole : Math.min(whole, (end - over) / MILLIS));
    }
    return new Convergence(p99(times), p99(withOutages), worst, slowest, after);
  }

  private static double p99(List<Double> times) {
    Collections.sort(times);
    return times.isEmpty() ? 0 : times.get((int) Math.ceil(0.99 * times.size()) - 1);
  }
}
