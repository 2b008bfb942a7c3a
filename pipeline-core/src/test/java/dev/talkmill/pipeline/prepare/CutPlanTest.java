package dev.talkmill.pipeline.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.talkmill.pipeline.prepare.CutPlan.Part;
import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CutPlanTest {

  private static final Duration SPLIT_AFTER = Duration.ofMinutes(10);
  private static final Duration PART_LENGTH = Duration.ofMinutes(5);
  private static final double PART_MAX = 300;

  private static List<Part> plan(double seconds, Range... silences) {
    return CutPlan.of(seconds, List.of(silences), SPLIT_AFTER, PART_LENGTH);
  }

  @Test
  void audioUpToTheLimitStaysWhole() {
    assertThat(plan(600)).containsExactly(new Part(0, new Range(0, 600), new Range(0, 600)));
    assertThat(plan(600.01)).hasSizeGreaterThan(1);
    assertThat(plan(0)).hasSize(1);
  }

  @Test
  void aCutLiesInTheMiddleOfAPause() {
    // 601 s are three parts of about 200 s; one pause lies near each target.
    List<Part> parts = plan(601, new Range(190, 192), new Range(404, 405));
    assertThat(parts)
        .containsExactly(
            new Part(0, new Range(0, 191), new Range(0, 191)),
            new Part(1, new Range(191, 404.5), new Range(191, 404.5)),
            new Part(2, new Range(404.5, 601), new Range(404.5, 601)));
  }

  @Test
  void theLongerOfTwoPausesWins() {
    List<Part> parts = plan(601, new Range(180, 180.3), new Range(200, 200.5), new Range(215, 217));
    assertThat(parts.getFirst().owned().end()).isEqualTo(216);
  }

  @Test
  void theNearerOfTwoLongPausesWins() {
    List<Part> parts = plan(601, new Range(150, 160), new Range(199, 203));
    assertThat(parts.getFirst().owned().end()).isEqualTo(201);
  }

  @Test
  void aPauseOutsideTheWindowIsNotWorthACrumb() {
    assertThat(plan(601, new Range(20, 30)).getFirst().owned().end()).isGreaterThan(100);
  }

  @Test
  void whereNobodyPausesBothSidesHearASecondOfTheOther() {
    List<Part> parts = plan(900);
    assertThat(parts)
        .containsExactly(
            new Part(0, new Range(0, 300), new Range(0, 301)),
            new Part(1, new Range(300, 600), new Range(299, 601)),
            new Part(2, new Range(600, 900), new Range(599, 900)));
  }

  @Test
  void anyRecordingIsTiledExactlyByPartsThatAreNotTooLong() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      double seconds = 600 + random.nextDouble() * (random.nextInt(10) == 0 ? 90_000 : 3_000);
      List<Range> silences = silences(random, seconds);
      List<Part> parts = CutPlan.of(seconds, silences, SPLIT_AFTER, PART_LENGTH);
      assertTiled(seed, seconds, parts);
      assertThat(CutPlan.of(seconds, silences, SPLIT_AFTER, PART_LENGTH)).isEqualTo(parts);
    }
  }

  private static void assertTiled(long seed, double seconds, List<Part> parts) {
    double at = 0;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      assertThat(part.index()).as("seed %d", seed).isEqualTo(i);
      assertThat(part.owned().start()).as("seed %d", seed).isEqualTo(at);
      assertThat(part.owned().seconds()).as("seed %d", seed).isBetween(1.0, PART_MAX + 1e-6);
      assertThat(part.audio().start()).isBetween(at - 1.000001, at);
      at = part.owned().end();
      assertThat(part.audio().end()).isBetween(at, Math.min(seconds, at + 1.000001));
    }
    assertThat(at).as("seed %d", seed).isEqualTo(seconds);
    assertThat(parts).hasSizeLessThanOrEqualTo((int) (seconds / (PART_MAX / 4)) + 2);
  }

  private static List<Range> silences(Random random, double seconds) {
    List<Range> silences = new ArrayList<>();
    double gap = 1 + random.nextDouble() * 200;
    for (double at = random.nextDouble() * gap; at < seconds; ) {
      double end = Math.min(seconds, at + 0.3 + random.nextDouble() * 3);
      silences.add(new Range(at, end));
      at = end + 0.01 + random.nextDouble() * gap;
    }
    return silences;
  }

  @Test
  void lengthsThatAreNoneAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> plan(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> plan(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> plan(Double.POSITIVE_INFINITY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CutPlan.of(1, List.of(), SPLIT_AFTER, Duration.ZERO));
  }
}
