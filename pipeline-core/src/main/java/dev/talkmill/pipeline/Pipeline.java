package dev.talkmill.pipeline;

import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;

/**
 * The map of the pipeline: what follows what.
 *
 * <pre>
 *   chunk          STORE → PREPARE → TRANSCRIBE ─┐  last open chunk of a finished conversation
 *   conversation                                 └→ AGGREGATE → SUMMARIZE
 *   tombstone      ERASE
 * </pre>
 *
 * <p>Chunk stages follow each other. Conversation stages do not follow a message: they exist
 * whenever a conversation is <i>behind</i>, see {@link
 * dev.talkmill.pipeline.conversation.Convergence}.
 */
public final class Pipeline {

  private Pipeline() {}

  /** The stages that one job carries a subject through, in order, beginning at {@code stage}. */
  public static List<Stage> journeyFrom(Stage stage) {
    return switch (stage) {
      case STORE -> List.of(Stage.STORE, Stage.PREPARE, Stage.TRANSCRIBE);
      case PREPARE -> List.of(Stage.PREPARE, Stage.TRANSCRIBE);
      case TRANSCRIBE -> List.of(Stage.TRANSCRIBE);
      case AGGREGATE -> List.of(Stage.AGGREGATE, Stage.SUMMARIZE);
      case SUMMARIZE -> List.of(Stage.SUMMARIZE);
      case ERASE -> List.of(Stage.ERASE);
    };
  }
}
