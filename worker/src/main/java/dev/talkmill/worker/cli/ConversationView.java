package dev.talkmill.worker.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as the door shows it; the fields that the command line reads.
 *
 * @param outcome null while anything derived is behind
 */
record ConversationView(
    String id,
    @Nullable String title,
    @Nullable String summary,
    @Nullable String state,
    @Nullable String outcome,
    boolean isFinished,
    double audioSecondsReceived,
    double audioSecondsTranscribed,
    List<Gap> gaps) {

  ConversationView {
    gaps = gaps == null ? List.of() : List.copyOf(gaps);
  }

  /**
   * A piece of the timeline without a transcript.
   *
   * @param start in seconds from the beginning
   */
  record Gap(double start, double end, @Nullable String cause) {}

  boolean isSettled() {
    return outcome != null;
  }
}
