package dev.talkmill.chaos;

import dev.talkmill.chaos.Life.Death;
import dev.talkmill.chaos.agent.CrashPoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * How workers are to die, in an order that the seed decides: each crash point as often as wanted,
 * and as many kills from outside as it takes. A point that was not reached is tried again.
 */
final class Deaths {

  private static final int PASSES_MAX = 6;
  private static final int TRIES_MAX = 4;

  private final Deque<Optional<CrashPoint>> waiting;
  private final Map<CrashPoint, Integer> unreached = new EnumMap<>(CrashPoint.class);
  private final Random random;

  /**
   * A schedule.
   *
   * @param points to die at
   * @param each deaths at each of them
   * @param kills deaths in all
   */
  Deaths(Collection<CrashPoint> points, int each, int kills, Random random) {
    this.random = random;
    List<Optional<CrashPoint>> all = new ArrayList<>();
    for (CrashPoint point : points) {
      all.addAll(Collections.nCopies(each, Optional.of(point)));
    }
    all.addAll(Collections.nCopies(Math.max(0, kills - all.size()), Optional.empty()));
    Collections.shuffle(all, random);
    waiting = new ArrayDeque<>(all);
  }

  /**
   * How the next life is to end; null when all have ended.
   *
   * @param death empty for a kill from outside
   */
  record Next(Optional<Death> death) {}

  synchronized Optional<Next> next() {
    return Optional.ofNullable(waiting.poll())
        .map(point -> new Next(point.map(place -> new Death(place, passes(place)))));
  }

  /** What few do is done once and deadly; what all do is done a while. */
  private int passes(CrashPoint point) {
    return switch (point) {
      case K10, K11, K13, K14 -> 1;
      case K1, K2, K3, K4, K5, K6, K7, K8, K9, K12 -> 1 + random.nextInt(PASSES_MAX);
    };
  }

  /** A life ended otherwise than it should have. */
  synchronized void notReached(CrashPoint point) {
    if (unreached.merge(point, 1, Integer::sum) <= TRIES_MAX) {
      waiting.add(Optional.of(point));
    }
  }
}
