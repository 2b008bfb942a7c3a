package dev.talkmill.jobs.queue;

import dev.talkmill.pipeline.ledger.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Divides room among stages that want some of it. */
final class Shares {

  private Shares() {}

  /**
   * One place a stage a turn, until all have what they want or nothing is left.
   *
   * @param wanted places of each stage
   * @param first number of the turn: another stage begins at each, or little room would always go
   *     to the same
   */
  static Map<Stage, Integer> of(Map<Stage, Integer> wanted, int room, int first) {
    Map<Stage, Integer> shares = new EnumMap<>(Stage.class);
    int left = Math.min(room, wanted.values().stream().mapToInt(Integer::intValue).sum());
    List<Map.Entry<Stage, Integer>> turn = new ArrayList<>(wanted.entrySet());
    Collections.rotate(turn, -first);
    while (left > 0) {
      for (Map.Entry<Stage, Integer> entry : turn) {
        if (left > 0 && shares.getOrDefault(entry.getKey(), 0) < entry.getValue()) {
          shares.merge(entry.getKey(), 1, Integer::sum);
          left--;
        }
      }
    }
    return shares;
  }
}
