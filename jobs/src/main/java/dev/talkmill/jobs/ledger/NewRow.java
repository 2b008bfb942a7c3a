package dev.talkmill.jobs.ledger;

import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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

  /** What every insert of this row says, by parameter. */
  Map<String, Object> values(UUID tenant, UUID id) {
    Map<String, Object> values = new HashMap<>(key(tenant));
    values.put("id", id);
    values.put("project", project);
    values.put("conversation", conversation);
    values.put("priority", priority.rank());
    return values;
  }

  /** What makes this row one of a kind, by parameter. */
  Map<String, Object> key(UUID tenant) {
    return Map.of(
        "tenant", tenant, "stage", stage.name(), "subject", subject, "generation", generation);
  }
}
