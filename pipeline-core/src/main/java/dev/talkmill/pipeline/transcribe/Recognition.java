package dev.talkmill.pipeline.transcribe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine heard. An empty list of segments means that it heard no speech.
 *
 * @param language BCP 47 primary tag that the engine tells, or null
 * @param model exact model that answered
 * @param requestId the provider's id of the call, for its support desk, or null
 */
public record Recognition(
    @Nullable String language,
    List<SpeechSegment> segments,
    String model,
    @Nullable String requestId) {

  public Recognition {
    language = clean(language);
    segments = List.copyOf(segments);
    model = model.replace("\0", "");
    requestId = clean(requestId);
  }

  /** PostgreSQL refuses NUL in text and jsonb for ever, so it stops at the port. */
  private static @Nullable String clean(@Nullable String value) {
    return value == null ? null : value.replace("\0", "");
  }

  /**
   * A stretch of speech; times in seconds from the start of the audio.
   *
   * @param confidence 0 to 1, or null where the engine gives none
   * @param noSpeechProbability 0 to 1, or null where the engine gives none
   */
  public record SpeechSegment(
      double start,
      double end,
      @Nullable String speaker,
      String text,
      @Nullable Double confidence,
      @Nullable Double noSpeechProbability,
      List<Word> words) {

    public SpeechSegment {
      speaker = clean(speaker);
      text = text.replace("\0", "");
      words = List.copyOf(words);
    }
  }

  /** A word with its times in seconds. */
  public record Word(double start, double end, String text, @Nullable Double confidence) {
    public Word {
      text = text.replace("\0", "");
    }
  }
}
