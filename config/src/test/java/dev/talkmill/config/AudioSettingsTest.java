package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudioSettingsTest {

  @Test
  void withNothingSetTenMinutesAreCutIntoPartsOfFive() {
    assertThat(defaults(AudioSettings.class))
        .isEqualTo(
            new AudioSettings(
                0,
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Duration.ofHours(26),
                Duration.ofSeconds(60)));
  }

  @Test
  void everyKeyActs() {
    assertEveryKeyActs(
        AudioSettings.class,
        Map.of(
            "talkmill.audio.slots", "2",
            "talkmill.audio.split-after", "20m",
            "talkmill.audio.part-length", "12m",
            "talkmill.audio.length-max", "3h",
            "talkmill.audio.decode-timeout-base", "30s"),
        new AudioSettings(
            2,
            Duration.ofMinutes(20),
            Duration.ofMinutes(12),
            Duration.ofHours(3),
            Duration.ofSeconds(30)));
  }

  @Test
  void fewerThanNoSlotsAreRefused() {
    assertRefused(
        AudioSettings.class,
        "talkmill.audio.slots",
        "-1",
        "talkmill.audio.slots must be at least 0, but is -1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"split-after", "part-length", "length-max", "decode-timeout-base"})
  void noLengthIsRefused(String name) {
    String property = "talkmill.audio." + name;
    assertRefused(
        AudioSettings.class, property, "0s", property + " must be longer than 0, but is PT0S");
  }

  @Test
  void partsLongerThanWhatIsCutAreRefused() {
    assertRefused(
        AudioSettings.class,
        "talkmill.audio.part-length",
        "11m",
        "talkmill.audio.part-length must not be longer than talkmill.audio.split-after");
  }
}
