package dev.talkmill.pipeline.prepare;

import dev.talkmill.pipeline.prepare.CutPlan.Part;
import java.util.List;
import java.util.Locale;

/** What becomes of audio that could be decoded. */
public sealed interface Verdict {

  /**
   * Seconds at the end that the container claims and the file does not hold; 0 for a whole file.
   * They are a gap on the conversation's timeline, with the rest transcribed as usual.
   */
  double missingSeconds();

  /** Nothing to transcribe; the chunk ends without asking a recogniser. */
  record NoSpeech(Reason reason, double missingSeconds) implements Verdict {}

  /** Transcribed as it is. */
  record Whole(double missingSeconds) implements Verdict {}

  /** Transcribed in parts, of which there are at least two. */
  record Split(List<Part> parts, double missingSeconds) implements Verdict {
    public Split {
      parts = List.copyOf(parts);
      if (parts.size() < 2) {
        throw new IllegalArgumentException("a split has at least 2 parts, not " + parts.size());
      }
    }
  }

  /** Why there is no speech. */
  enum Reason {
    /** Too few bytes or too little sound to hold a word. */
    TOO_SHORT,
    /** Nothing in it is as loud as speech. */
    SILENCE;

    /** The reason as it is stored and shown, for example {@code too_short}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
