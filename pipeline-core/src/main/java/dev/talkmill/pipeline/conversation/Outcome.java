package dev.talkmill.pipeline.conversation;

import java.util.Locale;

/** How a conversation ended. Every one ends with one of these. */
public enum Outcome {
  /** Everything received is in the transcript, and the summary stands. */
  OK,
  /** Nothing was said. */
  NO_SPEECH,
  /** There is a transcript; something is missing from it, or the summary is. The gaps say what. */
  PARTIAL,
  /** Nothing could be transcribed; the chunks say why. */
  FAILED,
  /** Nothing was received. */
  EMPTY;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
