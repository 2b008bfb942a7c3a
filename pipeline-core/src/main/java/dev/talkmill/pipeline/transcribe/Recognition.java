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
    segments = List.copyOf(segments);
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
