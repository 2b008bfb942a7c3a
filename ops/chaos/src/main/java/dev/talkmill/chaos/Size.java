package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.CrashPoint;
import dev.talkmill.chaos.check.Expected;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How much of everything.
 *
 * @param load what clients send meanwhile
 * @param deaths of phase B
 * @param outages of phase C
 * @param zombies of phase D
 * @param neighbours of phase E
 * @param convergeMax how long the end may take
 * @param limit that no run comes near
 */
record Size(
    Load load,
    Killing deaths,
    Stops outages,
    int zombies,
    Bad neighbours,
    Duration convergeMax,
    Duration limit) {

  /**
   * What clients send.
   *
   * @param clients that record side by side
   * @param speechPercent share of chunks that are spoken, and so cost a decoder each
   * @param chunks that are sent at least before the last fault
   */
  record Load(int clients, int speechPercent, int chunks) {}

  /**
   * Deaths of workers.
   *
   * @param points to die at
   * @param each deaths at each point
   * @param all deaths, those at points included
   */
  record Killing(Set<CrashPoint> points, int each, int all) {}

  /**
   * Stops of PostgreSQL.
   *
   * @param longOnes how many of them last for 40 s
   * @param unheard commits whose acknowledgement is lost
   */
  record Stops(int all, int longOnes, int unheard) {}

  /**
   * Neighbours that fail.
   *
   * @param each how long each fault lasts; zero to leave the phase out
   * @param herd chunks that come while the object store is away
   */
  record Bad(Duration each, int herd) {}

  private static final Duration CONVERGE_MAX = Duration.ofMinutes(2);

  static final Size QUICK =
      new Size(
          new Load(8, 40, 200),
          new Killing(Set.of(CrashPoint.values()), 1, 18),
          new Stops(3, 0, 10),
          2,
          new Bad(Duration.ofSeconds(2), 200),
          CONVERGE_MAX,
          Duration.ofMinutes(9));

  static final Size FULL =
      new Size(
          new Load(48, 25, 10_000),
          new Killing(Set.of(CrashPoint.values()), 10, 200),
          new Stops(20, 2, 100),
          20,
          new Bad(Duration.ofSeconds(10), 10_000),
          CONVERGE_MAX,
          Duration.ofHours(1));

  static final Size NIGHTLY =
      new Size(
          new Load(48, 25, 100_000),
          new Killing(Set.of(CrashPoint.values()), 100, 2_000),
          new Stops(200, 20, 1_000),
          200,
          new Bad(Duration.ofMinutes(1), 100_000),
          CONVERGE_MAX,
          Duration.ofHours(12));

  /** The least that a run has to show. One stale write a zombie: it holds many rows. */
  Expected expected() {
    boolean everywhere = deaths.points().containsAll(List.of(CrashPoint.values()));
    return new Expected(
        load.chunks(),
        deaths.all(),
        everywhere ? deaths.each() : 0,
        outages.all(),
        zombies,
        zombies);
  }
}
