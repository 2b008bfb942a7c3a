package dev.talkmill.pipeline.transcribe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.SpeechGuard.Dropped;
import dev.talkmill.pipeline.transcribe.SpeechGuard.Reason;
import dev.talkmill.pipeline.transcribe.SpeechGuard.Screened;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpeechGuardTest {

  private static final String MINUTES =
      "We started with the budget of the harbour. Anna said that the new crane costs more than we"
          + " planned, and Peter asked whether the old one could be repaired for another year."
          + " Nobody had the figures at hand, so Maria will call the supplier tomorrow. After that"
          + " we talked about the summer fair: the tents are ordered, the music is not.";

  @Test
  void ordinarySpeechIsKeptInOrder() {
    Recognition heard =
        heard(said("Good morning.", 0.9, 0.02), said(MINUTES, 0.8, 0.1), said("Yes.", 0.3, 0.5));

    Screened screened = SpeechGuard.screen(heard);

    assertThat(screened.kept()).isEqualTo(heard);
    assertThat(screened.dropped()).isEmpty();
  }

  @Test
  void silenceHeardWithLowConfidenceIsDropped() {
    Screened screened = SpeechGuard.screen(heard(said("Thank you.", 0.2, 0.9)));

    assertThat(screened.kept().segments()).isEmpty();
    assertThat(screened.dropped()).extracting(Dropped::reason).containsExactly(Reason.NO_SPEECH);
    assertThat(screened.dropped().getFirst().segment().text()).isEqualTo("Thank you.");
  }

  @Test
  void eitherSignOfSilenceAloneIsNotEnough() {
    Screened screened =
        SpeechGuard.screen(
            heard(
                said("Sure of the words.", 0.9, 0.95),
                said("Sure of the speech.", 0.1, 0.1),
                said("No confidence told.", null, 0.95),
                said("Nothing told.", null, null)));

    assertThat(screened.kept().segments()).hasSize(4);
  }

  @Test
  void aPhraseThatLoopsIsKeptOnce() {
    Screened screened =
        SpeechGuard.screen(
            heard(
                said("Hello there.", 0.9, 0.1),
                said("Thanks for watching!", 0.9, 0.1),
                said(" thanks for watching", 0.9, 0.1),
                said("Thanks for watching.", 0.9, 0.1),
                said("Goodbye.", 0.9, 0.1)));

    assertThat(screened.kept().segments())
        .extracting(SpeechSegment::text)
        .containsExactly("Hello there.", "Thanks for watching!", "Goodbye.");
    assertThat(screened.dropped())
        .extracting(Dropped::reason)
        .containsExactly(Reason.REPETITION, Reason.REPETITION);
  }

  @Test
  void somethingSaidTwiceOrASingleWordSaidFiveTimesIsKept() {
    List<SpeechSegment> segments = new ArrayList<>();
    segments.add(said("I know.", null, null));
    segments.add(said("I know.", null, null));
    for (int i = 0; i < 5; i++) {
      segments.add(said("No.", null, null));
    }

    assertThat(SpeechGuard.screen(heard(segments)).dropped()).isEmpty();
  }

  @Test
  void aTextThatRepeatsItselfIsDropped() {
    Screened screened =
        SpeechGuard.screen(heard(said("and then we went to the shop ".repeat(12), 0.9, 0.1)));

    assertThat(screened.dropped()).extracting(Dropped::reason).containsExactly(Reason.COMPRESSION);
  }

  @Test
  void aLongTextIsNotTakenForARepetition() {
    String varied = variedText(10_000);

    assertThat(SpeechGuard.compressionRatio(varied))
        .describedAs("the whole would be over the limit if it were judged at once")
        .isGreaterThan(SpeechGuard.COMPRESSION_ABOVE);
    assertThat(SpeechGuard.screen(heard(said(varied, 0.9, 0.1))).dropped()).isEmpty();
  }

  @Test
  void realSpeechIsKeptWithTheLoopAtItsEnd() {
    String text = variedText(400) + "and then we went to the shop ".repeat(12);

    assertThat(SpeechGuard.screen(heard(said(text, 0.9, 0.1))).dropped()).isEmpty();
  }

  @Test
  void aSubtitleCreditIsNeverSpeech() {
    Screened screened =
        SpeechGuard.screen(heard(said("Untertitel der Amara.org-Community", 0.95, 0.01)));

    assertThat(screened.dropped()).extracting(Dropped::reason).containsExactly(Reason.CREDITS);
  }

  @Test
  void languageModelAndRequestAreHandedOn() {
    Recognition heard = new Recognition("nl", List.of(said("x", 0.1, 0.9)), "whisper-1", "req_1");

    assertThat(SpeechGuard.screen(heard).kept())
        .isEqualTo(new Recognition("nl", List.of(), "whisper-1", "req_1"));
  }

  /** Words of a small vocabulary in ever new order: compressible as a whole, not in a stretch. */
  private static String variedText(int words) {
    Random random = new Random(7);
    List<String> vocabulary = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = 5 + random.nextInt(6); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      vocabulary.add(word.toString());
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(vocabulary.get(random.nextInt(vocabulary.size()))).append(' ');
    }
    return text.toString();
  }

  private static Recognition heard(SpeechSegment... segments) {
    return heard(List.of(segments));
  }

  private static Recognition heard(List<SpeechSegment> segments) {
    return new Recognition("en", segments, "whisper-1", null);
  }

  private static SpeechSegment said(String text, Double confidence, Double noSpeech) {
    return new SpeechSegment(0, 1, null, text, confidence, noSpeech, List.of());
  }
}
