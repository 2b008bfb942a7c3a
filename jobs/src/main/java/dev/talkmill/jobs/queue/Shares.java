package dev.talkmill.jobs.queue;

import dev.talkmill.pipeline.ledger.Stage;
import java.util.EnumMap;
import java.util.Map;

/** Divides room among stages that want some of it. */
final class Shares {

  private Shares() {}

  /**
   * One place a stage a turn, until all have what they want or nothing is left.
   *
   * @param wanted places of each stage
   */
  static Map<Stage, Integer> of(Map<Stage, Integer> wanted, int room) {
    Map<Stage, Integer> shares = new EnumMap<>(Stage.class);
    int left = Math.min(room, wanted.values().stream().mapToInt(Integer::intValue).sum());
    while (left > 0) {
      for (Map.Entry<Stage, Integer> entry : wanted.entrySet()) {
        if (left > 0 && shares.getOrDefault(entry.getKey(), 0) < entry.getValue()) {
          shares.merge(entry.getKey(), 1, Integer::sum);
          left--;
        }
      }
    }
    return shares;
  }
}
