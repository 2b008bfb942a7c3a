package dev.talkmill.jobs.ledger;

import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

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

  /** Names what every insert of this row says. */
  StatementSpec bind(StatementSpec insert, UUID tenant, UUID id) {
    return bindKey(insert, tenant)
        .param("id", id)
        .param("project", project)
        .param("conversation", conversation)
        .param("priority", priority.rank());
  }

  /** Names what makes this row one of a kind. */
  StatementSpec bindKey(StatementSpec statement, UUID tenant) {
    return statement
        .param("tenant", tenant)
        .param("stage", stage.name())
        .param("subject", subject)
        .param("generation", generation);
  }
}
