package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UtteranceSegmentsTest {

  @Test
  void aShortUtteranceIsOneSegmentWhateverItsPauses() {
    List<SpeechSegment> segments =
        UtteranceSegments.of(List.of(word(0, 1, "yes"), word(3, 4, "we"), word(4, 5, "do")), 60);

    assertThat(segments).hasSize(1);
    assertThat(segments.getFirst().text()).isEqualTo("yes we do");
    assertThat(segments.getFirst().confidence()).isEqualTo(0.5);
  }

  @Test
  void aLongUtteranceIsSplitAtItsLongestPause() {
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      words.add(word(i + (i < 7 ? 0 : 0.4), i + 0.9 + (i < 7 ? 0 : 0.4), "w" + i));
    }

    List<SpeechSegment> segments = UtteranceSegments.of(words, 60);

    assertThat(segments)
        .extracting(SpeechSegment::text)
        .containsExactly("w0 w1 w2 w3 w4 w5 w6", "w7 w8 w9 w10 w11");
  }

  @Test
  void wordsWithoutAnyPauseStayTogether() {
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      words.add(word(i, i + 1, "w"));
    }

    assertThat(UtteranceSegments.of(words, 60)).hasSize(1);
  }

  @Test
  void noTimeLiesBehindTheEndOrBeforeTheWordBefore() {
    List<SpeechSegment> segments =
        UtteranceSegments.of(List.of(word(1, 2, "a"), word(0.5, 0.7, "b"), word(4.9, 5.2, "c")), 5);

    assertThat(segments.getFirst().words())
        .containsExactly(word(1, 2, "a"), word(1, 1, "b"), word(4.9, 5, "c"));
  }

  private static Word word(double start, double end, String text) {
    return new Word(start, end, text, 0.5);
  }
}
