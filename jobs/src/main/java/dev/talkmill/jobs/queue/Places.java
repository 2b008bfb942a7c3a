package dev.talkmill.jobs.queue;

import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Map;

/**
 * Rows that may be dispatched in a stage.
 *
 * @param all of whatever class
 * @param patient among them those that nobody waits for
 */
record Places(int all, int patient) {

  static Places in(Map<Stage, Places> places, Stage stage) {
    return places.getOrDefault(stage, new Places(0, 0));
  }

  /** What one class may have of them at the most. */
  int of(Priority priority) {
    return priority.isUrgent() ? all : patient;
  }

  Places atMost(int most) {
    return new Places(Math.min(all, most), Math.min(patient, most));
  }
}
