package dev.talkmill.pipeline.transcribe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.summarize.Summarizer.Summary;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecognitionTest {

  @Test
  void nothingThatAnEngineSaysCarriesANulToTheDatabase() {
    SpeechSegment segment =
        new SpeechSegment(0, 1, "A\0", "o\0ne", null, null, List.of(new Word(0, 1, "o\0ne", null)));
    Recognition heard = new Recognition("e\0n", List.of(segment), "m\0odel", "r\0equest");
    assertThat(heard.toString()).doesNotContain("\0");
    assertThat(heard.segments().getFirst().speaker()).isEqualTo("A");
    assertThat(heard.language()).isEqualTo("en");
  }

  @Test
  void whatAnEngineDoesNotKnowStaysUnknown() {
    Recognition heard = new Recognition(null, List.of(), "model", null);
    assertThat(heard.language()).isNull();
    assertThat(heard.requestId()).isNull();
  }

  @Test
  void noPartOfASummaryCarriesANul() {
    assertThat(new Summary("te\0xt", "ti\0tle", "mo\0del"))
        .isEqualTo(new Summary("text", "title", "model"));
    assertThat(new Summary("text", null, "model").title()).isNull();
  }
}
