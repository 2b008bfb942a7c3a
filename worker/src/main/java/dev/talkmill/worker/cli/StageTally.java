package dev.talkmill.worker.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the work of one stage stands.
 *
 * @param busy time that its ended attempts took, all together
 */
record StageTally(String stage, int waiting, int running, int done, int failed, Duration busy) {

  /** The stages that every conversation shows, in their order. */
  private static final List<String> ORDER =
      List.of("STORE", "PREPARE", "TRANSCRIBE", "AGGREGATE", "SUMMARIZE");

  static List<StageTally> of(List<StatusRow> rows) {
    Map<String, StageTally> tallies = new LinkedHashMap<>();
    ORDER.forEach(stage -> tallies.put(stage, none(stage)));
    for (StatusRow row : rows) {
      tallies.merge(row.stage(), none(row.stage()).with(row), (sum, one) -> sum.with(row));
    }
    return List.copyOf(new ArrayList<>(tallies.values()));
  }

  private static StageTally none(String stage) {
    return new StageTally(stage, 0, 0, 0, 0, Duration.ZERO);
  }

  private StageTally with(StatusRow row) {
    Long millis = row.durationMs();
    Duration sum = millis == null ? busy : busy.plusMillis(millis);
    return switch (row.state()) {
      case "COMPLETED" -> new StageTally(stage, waiting, running, done + 1, failed, sum);
      case "PROCESSING" -> new StageTally(stage, waiting, running + 1, done, failed, sum);
      case "FAILED", "CANCELLED" -> new StageTally(stage, waiting, running, done, failed + 1, sum);
      default -> new StageTally(stage, waiting + 1, running, done, failed, sum);
    };
  }

  int total() {
    return waiting + running + done + failed;
  }
}
