package dev.talkmill.worker.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SentenceSplitterTest {

  @Test
  void whatARecogniserHeardWithoutPunctuationStaysApartFromWhatSomebodyWrote() {
    assertThat(
            split(
                "good morning everyone",
                "i don't think so",
                "I work on Saturday. Please keep a place.",
                "then we agree",
                "we start at nine"))
        .containsExactly(
            "good morning everyone",
            "i don't think so",
            "I work on Saturday.",
            "Please keep a place.",
            "then we agree",
            "we start at nine");
  }

  @Test
  void aSentenceMayGoOnInTheNextSegment() {
    assertThat(split("We went to the", "market by the", "harbour. It was closed."))
        .containsExactly("We went to the market by the harbour.", "It was closed.");
  }

  @Test
  void withoutAnyPunctuationEachSegmentIsASentence() {
    assertThat(split("good morning", "who will pay"))
        .containsExactly("good morning", "who will pay");
  }

  private static List<String> split(String... segments) {
    return SentenceSplitter.split(List.of(segments), Locale.ENGLISH);
  }
}
