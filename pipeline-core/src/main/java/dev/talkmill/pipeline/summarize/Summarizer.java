package dev.talkmill.pipeline.summarize;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transcript to summary. Throws {@link dev.talkmill.pipeline.failure.FailureException} with one of
 * the {@code provider_*} codes; an empty answer is {@code provider_bad_answer}, never a summary.
 */
public interface Summarizer {

  String provider();

  String model();

  /** Summarises; blocks until done, at most {@code request.timeout()}. */
  Summary summarize(SummaryRequest request);

  /**
   * What is to be summarised.
   *
   * @param segments texts of the transcript in order; never empty. The whole is read, map-reduced
   *     where it is longer than the model's context
   * @param language BCP 47 tag of the summary, or null for that of the transcript
   * @param titleWanted whether a title of 1 to 3 words is wanted
   */
  record SummaryRequest(
      List<String> segments,
      @Nullable String language,
      List<String> keyTerms,
      boolean titleWanted,
      Duration timeout) {
    public SummaryRequest {
      segments = List.copyOf(segments);
      keyTerms = List.copyOf(keyTerms);
    }
  }

  /** Two to four sentences, and a title where one was wanted. */
  record Summary(String text, @Nullable String title, String model) {
    public Summary {
      text = text.replace("\0", "").strip();
      title = title == null ? null : title.replace("\0", "");
      model = model.replace("\0", "");
      if (text.isEmpty()) {
        throw new IllegalArgumentException("a summary is never empty");
      }
    }
  }
}
