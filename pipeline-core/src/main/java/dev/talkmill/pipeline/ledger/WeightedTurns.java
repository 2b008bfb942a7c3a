package dev.talkmill.pipeline.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Shares places among classes of priority by weight: smooth weighted round robin (as in nginx),
 * whose credits last from call to call, so that even one place at a time starves no class.
 */
public final class WeightedTurns {

  private final Map<Priority, Integer> credits = new EnumMap<>(Priority.class);

  /**
   * Picks at most {@code places} of what waits, keeping the order inside each class.
   *
   * @param waiting candidates of each class in their order
   * @param patient how many of the places may go to classes that are not urgent
   */
  public <T> List<T> pick(Map<Priority, List<T>> waiting, int places, int patient) {
    Map<Priority, Deque<T>> queues = new EnumMap<>(Priority.class);
    waiting.forEach((priority, candidates) -> {
      if (!candidates.isEmpty()) {
        queues.put(priority, new ArrayDeque<>(candidates));
      }
    });
    List<T> picked = new ArrayList<>();
    int patientLeft = patient;
    while (picked.size() < places) {
      if (patientLeft == 0) { // Whoever may get nothing takes no turn.
        queues.keySet().removeIf(priority -> !priority.isUrgent());
      }
      if (queues.isEmpty()) {
        break;
      }
      Priority next = turn(queues.keySet());
      Deque<T> queue = queues.getOrDefault(next, new ArrayDeque<>());
      picked.add(queue.removeFirst());
      patientLeft -= next.isUrgent() ? 0 : 1;
      if (queue.isEmpty()) {
        queues.remove(next);
      }
    }
    return picked;
  }

  private Priority turn(Iterable<Priority> candidates) {
    int total = 0;
    Priority best = Priority.REPORT;
    int most = Integer.MIN_VALUE;
    for (Priority priority : candidates) {
      int credit = credits.merge(priority, priority.weight(), Integer::sum);
      total += priority.weight();
      if (credit > most) {
        most = credit;
        best = priority;
      }
    }
    credits.merge(best, -total, Integer::sum);
    return best;
  }
}
