package dev.talkmill.pipeline.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/state-machine.md} is made from the transition table. Run with {@code
 * -Dtalkmill.docs=write} to write it anew.
 */
class StateMachineDocTest {

  private static final String HEAD =
      """
      # States of a ledger row

      One row of `processing_status` is one unit of durable work: a stage of a subject. This page is
      made from `State.next()`; a test fails when it is stale. To write it anew:
      `./mvnw -pl pipeline-core test -Dtest=StateMachineDocTest -Dtalkmill.docs=write`.

      ```mermaid
      stateDiagram-v2
        [*] --> PENDING: scheduled
        [*] --> PROCESSING: next stage of the same job
        [*] --> COMPLETED: done on arrival
      """;

  private static final String TABLE =
      """
      ```

      | state | meaning | moved on by |
      |---|---|---|
      """;

  private static final String TAIL =
      """

      One rule heals: a row whose lease is over is PENDING. It covers a dead worker, a lost or
      deleted job and a job that never started. Every move of a held row carries the epoch that its
      holder was given; the epoch goes up at every dispatch and every claim and never down, so what
      an earlier holder writes does not land.
      """;

  @Test
  void theStateMachinePageIsWhatTheTransitionTableSays() throws IOException {
    Path page = root().resolve("docs/state-machine.md");
    if ("write".equals(System.getProperty("talkmill.docs"))) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, page());
    }
    assertThat(page).content().isEqualTo(page());
  }

  private static String page() {
    StringBuilder page = new StringBuilder(HEAD);
    for (State from : State.values()) {
      for (State to : from.next()) {
        page.append("  %s --> %s: %s\n".formatted(from, to, why(from, to)));
      }
      if (from.next().isEmpty()) {
        page.append("  %s --> [*]\n".formatted(from));
      }
    }
    page.append(TABLE);
    for (State state : State.values()) {
      page.append("| %s | %s | %s |\n".formatted(state, meaning(state), movedOnBy(state)));
    }
    return page.append(TAIL).toString();
  }

  private static String why(State from, State to) {
    return switch (to) {
      case PENDING ->
          switch (from) {
            case FAILED -> "requeued";
            case QUEUED -> "lease over, no room, paused";
            case PENDING, PROCESSING, COMPLETED, CANCELLED -> "retry, hand-back, lease over";
          };
      case QUEUED -> "dispatched";
      case PROCESSING -> from == State.QUEUED ? "claimed" : "its job run again from the dashboard";
      case COMPLETED -> "done, superseded";
      case FAILED -> "given up, condemned";
      case CANCELLED ->
          from == State.FAILED ? "superseded, erased" : "cancelled, erased, superseded";
    };
  }

  private static String meaning(State state) {
    return switch (state) {
      case PENDING -> "due at `next_attempt_at`";
      case QUEUED -> "a job exists; the lease is the dispatch lease";
      case PROCESSING -> "a handler holds the epoch and renews the lease";
      case COMPLETED -> "done, with an outcome; final";
      case FAILED -> "attempts spent or not worth retrying, with cause and code";
      case CANCELLED -> "stopped by the API or a policy; final";
    };
  }

  private static String movedOnBy(State state) {
    return switch (state) {
      case PENDING -> "the relay, to QUEUED";
      case QUEUED -> "the handler's claim, to PROCESSING";
      case PROCESSING -> "the handler; when its lease is over, a sweep";
      case FAILED ->
          "an operator: requeue, or the job in the dashboard; or newer work of the same subject";
      case COMPLETED, CANCELLED -> "nobody";
    };
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
