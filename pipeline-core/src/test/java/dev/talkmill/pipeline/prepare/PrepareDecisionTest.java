package dev.talkmill.pipeline.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import dev.talkmill.pipeline.prepare.Verdict.NoSpeech;
import dev.talkmill.pipeline.prepare.Verdict.Reason;
import dev.talkmill.pipeline.prepare.Verdict.Split;
import dev.talkmill.pipeline.prepare.Verdict.Whole;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrepareDecisionTest {

  private static final long BYTES = 50_000;

  private static DecodedAudio audio(double seconds, double claimed, Range... silences) {
    return new DecodedAudio(
        "wav", "pcm_s16le", "audio/wav", seconds, claimed, List.of(silences), 0.5);
  }

  private static Verdict decide(long bytes, DecodedAudio audio) {
    return PrepareDecision.decide(bytes, audio, Duration.ofMinutes(10), Duration.ofMinutes(5));
  }

  @Test
  void lessThanAKibibyteIsTooShortBeforeAnyDecoderSeesIt() {
    assertThat(PrepareDecision.beforeDecoding(0)).contains(new NoSpeech(Reason.TOO_SHORT, 0));
    assertThat(PrepareDecision.beforeDecoding(1_023)).contains(new NoSpeech(Reason.TOO_SHORT, 0));
    assertThat(PrepareDecision.beforeDecoding(1_024)).isEmpty();
    assertThat(decide(1_023, audio(5, 5))).isEqualTo(new NoSpeech(Reason.TOO_SHORT, 0));
  }

  @Test
  void lessThanATenthOfASecondIsTooShort() {
    assertThat(decide(BYTES, audio(0, 0))).isEqualTo(new NoSpeech(Reason.TOO_SHORT, 0));
    assertThat(decide(BYTES, audio(0.099, 0))).isEqualTo(new NoSpeech(Reason.TOO_SHORT, 0));
    assertThat(decide(BYTES, audio(0.1, 0))).isEqualTo(new Whole(0));
  }

  @Test
  void silenceFromStartToEndIsNoSpeech() {
    assertThat(decide(BYTES, audio(60, 60, new Range(0, 60))))
        .isEqualTo(new NoSpeech(Reason.SILENCE, 0));
  }

  @Test
  void aLongSilenceIsNotSplitFirst() {
    assertThat(decide(BYTES, audio(86_400, 86_400, new Range(0, 86_400))))
        .isEqualTo(new NoSpeech(Reason.SILENCE, 0));
  }

  @Test
  void aSingleWordInALongSilenceIsSpeech() {
    assertThat(decide(BYTES, audio(60, 60, new Range(0, 30), new Range(30.4, 60))))
        .isEqualTo(new Whole(0));
    assertThat(decide(BYTES, audio(60, 60, new Range(0.4, 60)))).isEqualTo(new Whole(0));
  }

  @Test
  void longAudioIsSplit() {
    assertThat(decide(BYTES, audio(601, 601)))
        .isInstanceOfSatisfying(Split.class, split -> assertThat(split.parts()).hasSize(3));
  }

  @Test
  void aTruncatedFileIsNotTakenForAWholeOne() {
    assertThat(decide(BYTES, audio(40, 60))).isEqualTo(new Whole(20));
    assertThat(decide(BYTES, audio(700, 900)).missingSeconds()).isEqualTo(200);
    assertThat(decide(BYTES, audio(0, 60))).isEqualTo(new NoSpeech(Reason.TOO_SHORT, 60));
  }

  @Test
  void roundingIsNoTruncation() {
    assertThat(PrepareDecision.missingSeconds(audio(9.1, 10))).isZero();
    assertThat(PrepareDecision.missingSeconds(audio(8.9, 10))).isPositive();
    assertThat(PrepareDecision.missingSeconds(audio(981, 1_000))).isZero();
    assertThat(PrepareDecision.missingSeconds(audio(979, 1_000))).isEqualTo(21);
  }

  @Test
  void noClaimOrAClaimOfLessIsNoTruncation() {
    assertThat(PrepareDecision.missingSeconds(audio(60, 0))).isZero();
    assertThat(PrepareDecision.missingSeconds(audio(60, 30))).isZero();
  }

  @Test
  void reasonsHaveTheirStableCodes() {
    assertThat(Reason.TOO_SHORT.code()).isEqualTo("too_short");
    assertThat(Reason.SILENCE.code()).isEqualTo("silence");
  }

  @Test
  void aSplitOfOnePartIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Split(List.of(), 0));
  }
}
