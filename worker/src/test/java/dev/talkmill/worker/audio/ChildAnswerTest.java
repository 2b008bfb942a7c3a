package dev.talkmill.worker.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildAnswerTest {

  private static final String GOOD =
      """
      claimed=2.5000000
      container=wav
      codec=pcm_s16le
      seconds=2.0000625
      peak=0.5000000
      silence=0.0000000,0.4000000
      silence=1.5000000,2.0000000
      end=
      """;

  private static Failure refused(String text) {
    FailureException thrown =
        catchThrowableOfType(
            FailureException.class, () -> ChildAnswer.parse(text).decoded(MediaKind.WAV, 100));
    assertThat(thrown).as(text).isNotNull();
    return thrown.failure();
  }

  @Test
  void aGoodAnswerIsReadExactly() {
    DecodedAudio audio = ChildAnswer.parse(GOOD).decoded(MediaKind.WAV, 100);
    assertThat(audio.seconds()).isEqualTo(2.0000625);
    assertThat(audio.secondsClaimed()).isEqualTo(2.5);
    assertThat(audio.silences()).containsExactly(new Range(0, 0.4), new Range(1.5, 2));
    assertThat(audio.mediaType()).isEqualTo("audio/wav");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seconds=NaN",
        "seconds=-1",
        "seconds=1e9",
        "seconds=0x1p3",
        "seconds=101",
        "seconds=1.9",
        "seconds=",
        "seconds=2.0\nseconds=2.0",
        "seconds=2.0\nrun=rm",
        "seconds=2.0\nsilence=0.1,0.2",
        "seconds=2.0\nsilence=2.0,2.0",
        "seconds=2.0\nsilence=9.0,10.0",
        "seconds=2.0\nsilence=1",
        "seconds=2.0\ncode=erased",
        "seconds=2.0\ncode=not_decodable",
      })
  void anAnswerWithAnythingElseInItIsACrash(String line) {
    String text = GOOD.replace("seconds=2.0000625", line);
    assertThat(refused(text).code()).isEqualTo(FailureCode.DECODER_CRASHED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"container=../etc", "codec=", "peak=1.5", "peak=", "claimed=x"})
  void eachValueIsChecked(String line) {
    String key = line.substring(0, line.indexOf('=') + 1);
    assertThat(refused(GOOD.replaceFirst("(?m)^" + key + ".*$", line)).code())
        .isEqualTo(FailureCode.DECODER_CRASHED);
    assertThat(refused(GOOD.replaceFirst("(?m)^" + key + ".*\n", "")).code())
        .isEqualTo(FailureCode.DECODER_CRASHED);
  }

  @Test
  void anAnswerWithoutItsEndIsACrash() {
    assertThat(refused(GOOD.replace("end=\n", "")).code()).isEqualTo(FailureCode.DECODER_CRASHED);
    assertThat(refused("").code()).isEqualTo(FailureCode.DECODER_CRASHED);
    assertThat(refused("Error occurred during initialization of VM\n").code())
        .isEqualTo(FailureCode.DECODER_CRASHED);
  }

  @Test
  void aRefusalCarriesItsCodeAndABoundedSentence() {
    Failure failure =
        refused("claimed=0.0\ncode=too_long\nmessage=" + "x".repeat(9_000) + "\nend=\n");
    assertThat(failure.code()).isEqualTo(FailureCode.TOO_LONG);
    assertThat(failure.message()).hasSize(300);
  }

  @Test
  void theClaimIsReadFromTheFirstWholeLineOnly() {
    assertThat(ChildAnswer.claimed("claimed=12.5\n")).isEqualTo(12.5);
    assertThat(ChildAnswer.claimed("claimed=12")).isZero();
    assertThat(ChildAnswer.claimed("claimed=1e99\n")).isZero();
    assertThat(ChildAnswer.claimed("x\nclaimed=12.5\n")).isZero();
  }
}
