package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.bind;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class IntakeSettingsTest {

  @Test
  void withNothingSetAChunkHasSixteenMebibytesAtMost() {
    assertThat(defaults(IntakeSettings.class))
        .isEqualTo(
            new IntakeSettings(
                DataSize.ofMegabytes(16),
                200_000,
                DataSize.ofGigabytes(4),
                DataSize.ofGigabytes(2),
                Duration.ofHours(24),
                40,
                Duration.ofSeconds(30)));
  }

  @Test
  void everyKeyActs() {
    assertEveryKeyActs(
        IntakeSettings.class,
        Map.of(
            "talkmill.intake.chunk-bytes-max", "1MB",
            "talkmill.intake.text-chars-max", "500",
            "talkmill.intake.spool-bytes-max", "100MB",
            "talkmill.intake.upload-bytes-max", "200MB",
            "talkmill.intake.upload-validity", "1h",
            "talkmill.intake.chunks-per-minute", "10",
            "talkmill.intake.body-timeout", "5s"),
        new IntakeSettings(
            DataSize.ofMegabytes(1),
            500,
            DataSize.ofMegabytes(100),
            DataSize.ofMegabytes(200),
            Duration.ofHours(1),
            10,
            Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chunk-bytes-max", "spool-bytes-max", "upload-bytes-max"})
  void noBytesAreRefused(String name) {
    String property = "talkmill.intake." + name;
    assertRefused(
        IntakeSettings.class, property, "0B", property + " must be more than 0 bytes, but is 0B");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text-chars-max", "chunks-per-minute"})
  void countsOfNoneAreRefused(String name) {
    String property = "talkmill.intake." + name;
    assertRefused(IntakeSettings.class, property, "0", property + " must be at least 1, but is 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"upload-validity", "body-timeout"})
  void noTimeIsRefused(String name) {
    String property = "talkmill.intake." + name;
    assertRefused(
        IntakeSettings.class, property, "0s", property + " must be longer than 0, but is PT0S");
  }

  @Test
  void aChunkThatThePostgresProtocolCannotCarryIsRefused() {
    assertThat(
            bind(IntakeSettings.class, Map.of("talkmill.intake.chunk-bytes-max", "256MB"))
                .chunkBytesMax())
        .isEqualTo(DataSize.ofMegabytes(256));
    assertRefused(
        IntakeSettings.class,
        "talkmill.intake.chunk-bytes-max",
        "257MB",
        "talkmill.intake.chunk-bytes-max must be at most 256MB; larger files go by upload");
  }
}
