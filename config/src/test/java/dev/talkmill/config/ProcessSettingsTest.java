package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.bind;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessSettingsTest {

  @Test
  void withNothingSetTheUsualPortsAndADirectoryHereAreTaken() {
    assertThat(defaults(ProcessSettings.class))
        .isEqualTo(
            new ProcessSettings(
                Path.of("talkmill-data").toAbsolutePath(),
                8080,
                9090,
                8000,
                null,
                null,
                null,
                Duration.ofSeconds(20)));
  }

  @Test
  void everyKeyActs() {
    assertEveryKeyActs(
        ProcessSettings.class,
        Map.of(
            "talkmill.data-dir", "/var/lib/talkmill",
            "talkmill.http-port", "8081",
            "talkmill.management-port", "9091",
            "talkmill.dashboard-port", "8001",
            "talkmill.api-key", "0123456789abcdef",
            "talkmill.dashboard-password", "a password",
            "talkmill.public-url", "https://talk.example.org",
            "talkmill.drain", "45s"),
        new ProcessSettings(
            Path.of("/var/lib/talkmill"),
            8081,
            9091,
            8001,
            "0123456789abcdef",
            "a password",
            URI.create("https://talk.example.org"),
            Duration.ofSeconds(45)));
  }

  @Test
  void aRelativeDataDirectoryIsMadeAbsoluteAndPlain() {
    assertThat(bind(ProcessSettings.class, Map.of("talkmill.data-dir", "a/../b")).dataDir())
        .isEqualTo(Path.of("b").toAbsolutePath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http-port", "management-port", "dashboard-port"})
  void aPortOutsideOfItsRangeIsRefused(String port) {
    String property = "talkmill." + port;
    for (String value : new String[] {"-1", "65536"}) {
      assertRefused(
          ProcessSettings.class,
          property,
          value,
          property + " must be a port from 0 (any free one) to 65535, but is " + value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http-port", "management-port", "dashboard-port"})
  void theEndsOfTheRangeOfPortsAreAccepted(String port) {
    for (String value : new String[] {"0", "65535"}) {
      assertThat(bind(ProcessSettings.class, Map.of("talkmill." + port, value)).toString())
          .contains("Port=" + value);
    }
  }

  @Test
  void aShortKeyIsRefusedAndNotShown() {
    assertRefused(
        ProcessSettings.class,
        "talkmill.api-key",
        "0123456789abcde",
        "talkmill.api-key must have at least 16 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://talk.example.org/mill", "https://talk.example.org/mill//"})
  void aSlashAtTheEndOfThePublicAddressIsTakenOff(String value) {
    assertThat(bind(ProcessSettings.class, Map.of("talkmill.public-url", value)).publicUrl())
        .isEqualTo(URI.create("https://talk.example.org/mill"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"talk.example.org", "/mill", "mailto:a@example.org", "http:///mill"})
  void aPublicAddressThatIsNotOneIsRefused(String value) {
    assertRefused(
        ProcessSettings.class,
        "talkmill.public-url",
        value,
        "talkmill.public-url must start with http:// or https:// and name a host");
  }

  @Test
  void aPublicAddressWithMoreThanAPathIsRefused() {
    for (String value : new String[] {"http://me:secret@e", "http://e?x=1", "http://e#x"}) {
      assertRefused(
          ProcessSettings.class,
          "talkmill.public-url",
          value,
          "talkmill.public-url must hold no user, query or fragment");
    }
  }

  @Test
  void aDrainOfNoLengthIsRefused() {
    assertRefused(
        ProcessSettings.class,
        "talkmill.drain",
        "0s",
        "talkmill.drain must be longer than 0, but is PT0S");
  }
}
