package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.queue.DueRows.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Who comes first inside a class. Turns alone share what is dispatched from now on; a tenant that
 * fills all places already would keep most of them for as long as its work takes. So a place goes
 * to whoever has the least in flight, as in Spark's fair scheduler, but the first one to the tenant
 * whose turn it is: one whose calls hang for minutes must not be left out by all others.
 */
final class FewestFirst {

  private FewestFirst() {}

  /**
   * The order in which places are given.
   *
   * @param inTurn candidates of one stage and class, one a tenant a turn
   * @param inFlight rows that a tenant has in flight, in whatever stage
   */
  static List<Candidate> of(List<Candidate> inTurn, ToIntFunction<UUID> inFlight) {
    Map<UUID, Integer> taken = new HashMap<>();
    List<Ranked> ranked = new ArrayList<>();
    for (Candidate candidate : inTurn) {
      int before = taken.computeIfAbsent(candidate.tenant(), inFlight::applyAsInt);
      taken.put(candidate.tenant(), before + 1);
      ranked.add(new Ranked(candidate, ranked.isEmpty() ? -1 : before));
    }
    return ranked.stream()
        .sorted(Comparator.comparingInt(Ranked::before))
        .map(Ranked::candidate)
        .toList();
  }

  /** Those with whom the turn ends: whoever was passed over keeps the next turn. */
  static List<Candidate> served(List<Candidate> inTurn, Set<Candidate> picked) {
    return inTurn.stream().takeWhile(picked::contains).toList();
  }

  private record Ranked(Candidate candidate, int before) {}
}
