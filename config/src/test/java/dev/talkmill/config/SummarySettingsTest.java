package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummarySettingsTest {

  @Test
  void withNothingSetSummariesAreMadeOffline() {
    assertThat(defaults(SummarySettings.class))
        .isEqualTo(
            new SummarySettings(
                SummarySettings.Provider.OFFLINE, null, 0, 32_000, Duration.ofMinutes(3)));
  }

  @Test
  void everyKeyActs() {
    assertEveryKeyActs(
        SummarySettings.class,
        Map.of(
            "talkmill.summary.provider", "openai",
            "talkmill.summary.openai.base-url", "http://localhost:11434/v1",
            "talkmill.summary.openai.api-key", "a key",
            "talkmill.summary.openai.model", "a-model",
            "talkmill.summary.slots", "2",
            "talkmill.summary.context-tokens", "8000",
            "talkmill.summary.timeout", "90s"),
        new SummarySettings(
            SummarySettings.Provider.OPENAI,
            new OpenAiSettings(URI.create("http://localhost:11434/v1"), "a key", "a-model"),
            2,
            8_000,
            Duration.ofSeconds(90)));
  }

  @Test
  void openaiWithoutAnAddressIsRefused() {
    assertRefused(
        SummarySettings.class,
        "talkmill.summary.provider",
        "openai",
        "talkmill.summary.provider is openai, so talkmill.summary.openai.base-url and"
            + " talkmill.summary.openai.model are required");
  }

  @Test
  void aContextThatHoldsNothingIsRefused() {
    assertRefused(
        SummarySettings.class,
        "talkmill.summary.context-tokens",
        "999",
        "talkmill.summary.context-tokens must be at least 1000, but is 999");
  }

  @Test
  void fewerThanNoSlotsAndNoTimeAreRefused() {
    assertRefused(
        SummarySettings.class,
        "talkmill.summary.slots",
        "-1",
        "talkmill.summary.slots must be at least 0, but is -1");
    assertRefused(
        SummarySettings.class,
        "talkmill.summary.timeout",
        "0s",
        "talkmill.summary.timeout must be longer than 0, but is PT0S");
  }
}
