package dev.talkmill.chaos.check;

import dev.talkmill.chaos.agent.CrashPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The least that a run must have done: one in which nothing was broken has shown nothing.
 *
 * @param chunks acknowledged
 * @param deathsEach at each crash point
 */
public record Expected(int chunks, int kills, int deathsEach, int pgStops, int zombies, int stale) {

  private static final Pattern COMMA = Pattern.compile(",");

  /** What {@link #parse} reads. */
  public String word() {
    return "%d,%d,%d,%d,%d,%d".formatted(chunks, kills, deathsEach, pgStops, zombies, stale);
  }

  static Expected parse(String word) {
    List<Integer> least = COMMA.splitAsStream(word).map(Integer::valueOf).toList();
    return new Expected(
        least.get(0), least.get(1), least.get(2), least.get(3), least.get(4), least.get(5));
  }

  /** What was not reached, a sentence each. */
  List<String> missed(Told told, long staleTried) {
    List<String> missed = new ArrayList<>();
    least(missed, "acknowledged chunks", told.chunks().size(), chunks);
    least(missed, "kills", told.count(FaultKind.KILL), kills);
    least(missed, "stops of PostgreSQL", told.count(FaultKind.POSTGRES_STOP), pgStops);
    least(missed, "zombies", told.count(FaultKind.ZOMBIE), zombies);
    least(missed, "stale writes tried", staleTried, stale);
    for (CrashPoint point : CrashPoint.values()) {
      long deaths = told.count(FaultKind.KILL, point.name());
      least(missed, "deaths at " + point, deaths, deathsEach);
    }
    return missed;
  }

  private static void least(List<String> missed, String what, long is, long least) {
    if (is < least) {
      missed.add("%s: %d, and at least %d were wanted".formatted(what, is, least));
    }
  }
}
