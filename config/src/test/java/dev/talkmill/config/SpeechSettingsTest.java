package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.bind;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpeechSettingsTest {

  private static final Map<String, String> OPENAI =
      Map.of(
          "talkmill.speech.provider", "openai",
          "talkmill.speech.openai.base-url", "https://speech.example.org/v1",
          "talkmill.speech.openai.model", "whisper-1");

  @Test
  void withNothingSetRecognitionIsOffline() {
    assertThat(defaults(SpeechSettings.class))
        .isEqualTo(
            new SpeechSettings(
                SpeechSettings.Provider.OFFLINE,
                null,
                0,
                Duration.ofSeconds(60),
                Duration.ofSeconds(4)));
  }

  @Test
  void everyKeyActs() {
    Map<String, String> all = new HashMap<>(OPENAI);
    all.put("talkmill.speech.openai.api-key", "a key");
    all.put("talkmill.speech.slots", "3");
    all.put("talkmill.speech.timeout-base", "10s");
    all.put("talkmill.speech.timeout-per-second", "2s");
    assertEveryKeyActs(
        SpeechSettings.class,
        all,
        new SpeechSettings(
            SpeechSettings.Provider.OPENAI,
            new OpenAiSettings(URI.create("https://speech.example.org/v1"), "a key", "whisper-1"),
            3,
            Duration.ofSeconds(10),
            Duration.ofSeconds(2)));
  }

  @Test
  void anEndpointMayBeOpen() {
    OpenAiSettings openai = bind(SpeechSettings.class, OPENAI).openai();
    assertThat(openai).isNotNull();
    assertThat(openai.apiKey()).isNull();
  }

  @Test
  void openaiWithoutAddressOrModelIsRefused() {
    for (String missing :
        List.of("talkmill.speech.openai.base-url", "talkmill.speech.openai.model")) {
      Map<String, String> rest = new HashMap<>(OPENAI);
      rest.remove(missing);
      assertRefused(
          SpeechSettings.class,
          rest,
          "talkmill.speech.provider is openai, so talkmill.speech.openai.base-url and"
              + " talkmill.speech.openai.model are required");
    }
    assertRefused(
        SpeechSettings.class,
        "talkmill.speech.provider",
        "openai",
        "talkmill.speech.provider is openai, so talkmill.speech.openai.base-url and"
            + " talkmill.speech.openai.model are required");
  }

  @Test
  void anAddressThatIsNotOfTheWebIsRefused() {
    Map<String, String> wrong = new HashMap<>(OPENAI);
    wrong.put("talkmill.speech.openai.base-url", "ftp://speech.example.org/v1");
    assertRefused(
        SpeechSettings.class,
        wrong,
        "talkmill.speech.openai.base-url must start with http:// or https://");
  }

  @Test
  void fewerThanNoSlotsAndNoTimeAreRefused() {
    assertRefused(
        SpeechSettings.class,
        "talkmill.speech.slots",
        "-1",
        "talkmill.speech.slots must be at least 0, but is -1");
    assertRefused(
        SpeechSettings.class,
        "talkmill.speech.timeout-base",
        "0s",
        "talkmill.speech.timeout-base must be longer than 0, but is PT0S");
    assertRefused(
        SpeechSettings.class,
        "talkmill.speech.timeout-per-second",
        "0s",
        "talkmill.speech.timeout-per-second must be longer than 0, but is PT0S");
  }
}
