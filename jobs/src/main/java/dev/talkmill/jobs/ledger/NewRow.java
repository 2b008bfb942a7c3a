package dev.talkmill.jobs.ledger;

import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.UUID;

/**
 * Work to be scheduled.
 *
 * @param delay from now on the database's clock until it is due
 */
public record NewRow(
    UUID project,
    UUID conversation,
    UUID subject,
    Stage stage,
    long generation,
    Priority priority,
    Duration delay) {

  public static NewRow due(
      UUID project,
      UUID conversation,
      UUID subject,
      Stage stage,
      long generation,
      Priority priority) {
    return new NewRow(project, conversation, subject, stage, generation, priority, Duration.ZERO);
  }
}
