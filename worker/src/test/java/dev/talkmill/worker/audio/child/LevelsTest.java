package dev.talkmill.worker.audio.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.worker.audio.child.Levels.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LevelsTest {

  private static final int RATE = 16_000;

  private final Random random = new Random(5);
  private Levels levels;

  @BeforeEach
  void start() {
    levels = new Levels(RATE);
  }

  /** Noise of one loudness, relative to full scale, which both speech and rooms are to a meter. */
  private void sound(double seconds, double decibel) {
    double amplitude = 32_768 * Math.pow(10, decibel / 20) * Math.sqrt(3);
    byte[] pcm = new byte[2 * (int) Math.round(seconds * RATE)];
    for (int i = 0; i < pcm.length; i += 2) {
      int sample =
          Math.clamp(Math.round((random.nextDouble() * 2 - 1) * amplitude), -32_768, 32_767);
      pcm[i] = (byte) sample;
      pcm[i + 1] = (byte) (sample >> 8);
    }
    levels.accept(pcm, pcm.length);
  }

  private void assertPauses(double... borders) {
    List<Span> silences = levels.silences();
    assertThat(silences).hasSize(borders.length / 2);
    for (int i = 0; i < silences.size(); i++) {
      assertThat(silences.get(i).start()).isCloseTo(borders[2 * i], within(0.03));
      assertThat(silences.get(i).end()).isCloseTo(borders[2 * i + 1], within(0.03));
    }
  }

  @Test
  void aPauseInSpeechIsFound() {
    sound(2, -25);
    sound(0.5, -70);
    sound(2, -25);
    assertPauses(2, 2.5);
  }

  @Test
  void aPauseInANoisyRoomIsFound() {
    sound(3, -20);
    sound(1, -35);
    sound(3, -20);
    assertPauses(3, 4);
  }

  @Test
  void aGapWithinAWordIsNoPause() {
    sound(2, -25);
    sound(0.2, -80);
    sound(2, -25);
    assertPauses();
  }

  @Test
  void aFarSpeakerBesideANearOneIsNotAPause() {
    sound(60, -15);
    sound(30, -38);
    sound(1, -75);
    sound(29, -38);
    assertPauses(90, 91);
  }

  @Test
  void aConstantSoundHasNoPause() {
    sound(40, -45);
    assertPauses();
  }

  @Test
  void aQuietRecordingIsNotSilence() {
    sound(1, -80);
    sound(2, -50);
    sound(1, -80);
    assertPauses(0, 1, 3, 4);
  }

  @Test
  void aWholeOfSilenceIsOneRange() {
    sound(10.005, -75);
    assertThat(levels.silences()).containsExactly(new Span(0, 10.005));
  }

  @Test
  void aClickIsNoSpeech() {
    sound(5, -90);
    sound(0.1, -10);
    sound(5, -90);
    assertThat(levels.silences()).containsExactly(new Span(0, 10.1));
  }

  @Test
  void aWordInALongSilenceKeepsItFromBeingSilent() {
    sound(300, -90);
    sound(0.4, -30);
    sound(300, -90);
    assertPauses(0, 300, 300.4, 600.4);
  }

  @Test
  void ofTooManyPausesTheLongestAreKeptAllOverTheRecording() {
    List<Span> pauses = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      pauses.add(new Span(i, i + (i % 10 == 3 ? 0.9 : 0.4)));
    }
    List<Span> kept = Levels.longest(pauses, 100);
    assertThat(kept).hasSizeBetween(95, 100);
    assertThat(kept).isSortedAccordingTo(Comparator.comparingDouble(Span::start));
    assertThat(kept.stream().filter(span -> span.seconds() > 0.8)).hasSizeGreaterThan(90);
    assertThat(kept.getLast().start()).isGreaterThan(985);
    assertThat(Levels.longest(pauses, 1_000)).isEqualTo(pauses);
  }

  @Test
  void nothingHasNoSilence() {
    assertThat(levels.silences()).isEmpty();
    assertThat(levels.peak()).isZero();
  }

  @Test
  void thePeakIsTheLoudestSample() {
    levels.accept(new byte[] {0, 0, 0, (byte) 0x80, 0, 0x40}, 6);
    assertThat(levels.peak()).isEqualTo(1.0);
  }
}
