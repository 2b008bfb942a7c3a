package dev.talkmill.pipeline.transcribe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be recognised.
 *
 * @param wav 16 kHz mono 16-bit WAV
 * @param seconds its length
 * @param language BCP 47 primary tag such as {@code en}, or null to let the engine tell
 * @param keyTerms names and words spelled as wanted
 * @param timeout hard limit of the whole call, scaled to the audio's length
 * @param progress told the seconds recognised so far, where the engine knows
 */
public record SpeechRequest(
    Path wav,
    double seconds,
    @Nullable String language,
    List<String> keyTerms,
    Duration timeout,
    Progress progress) {

  public SpeechRequest {
    keyTerms = List.copyOf(keyTerms);
  }

  /** Receives progress; called from any thread, cheap, never throws. */
  @FunctionalInterface
  public interface Progress {
    void secondsDone(double seconds);
  }
}
