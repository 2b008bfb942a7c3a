package dev.talkmill.pipeline.conversation;

import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;

/**
 * The one rule of the pipeline: compare what is derived with what it is derived from, and schedule
 * what is behind. It holds for a first finish, a late chunk, a retry that succeeds a day later and
 * an operator's requeue alike, so none of them needs a case of its own.
 */
public sealed interface Convergence {

  /** Everything derived is of the newest generation. */
  record Current() implements Convergence {}

  /** Recording goes on, or a chunk is still open: nothing may exist yet. */
  record NotYet() implements Convergence {}

  /** {@code stage} is behind and due after {@code settle}. */
  record Behind(Stage stage, Duration settle) implements Convergence {}

  /**
   * How long changes are let settle before derived things are made again.
   *
   * @param first wait for the first change after everything was derived once; doubles with every
   *     time
   * @param max upper bound
   */
  record Settling(Duration first, Duration max) {
    Duration after(int settledCount) {
      if (settledCount == 0) {
        return Duration.ZERO;
      }
      long factor = 1L << Math.min(settledCount - 1, 20);
      Duration wait = first.multipliedBy(factor);
      return wait.compareTo(max) > 0 ? max : wait;
    }
  }

  static Convergence decide(ConversationFacts facts, Settling settling) {
    if (!facts.finished() || facts.waitsForExpected() || facts.openChunks()) {
      return new NotYet();
    }
    if (facts.transcriptGeneration() < facts.generation()) {
      return new Behind(Stage.AGGREGATE, settling.after(facts.settledCount()));
    }
    if (facts.summaryGeneration() < facts.generation()) {
      return new Behind(Stage.SUMMARIZE, Duration.ZERO);
    }
    return new Current();
  }
}
