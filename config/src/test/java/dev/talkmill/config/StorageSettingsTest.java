package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.bind;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageSettingsTest {

  private static final String PAIR =
      "talkmill.s3.access-key-id and talkmill.s3.secret-access-key go together; one is missing";

  @Test
  void withNothingSetTheEmbeddedServerIsMeant() {
    StorageSettings settings = defaults(StorageSettings.class);
    assertThat(settings)
        .isEqualTo(
            new StorageSettings(
                null,
                null,
                "us-east-1",
                "talkmill",
                null,
                null,
                32,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60)));
    assertThat(settings.embedded()).isTrue();
  }

  @Test
  void everyKeyActs() {
    StorageSettings expected =
        new StorageSettings(
            URI.create("https://s3.example.org"),
            URI.create("https://uploads.example.org:8443"),
            "eu-central-1",
            "recordings",
            "an id",
            "a secret",
            4,
            Duration.ofSeconds(3),
            Duration.ofSeconds(6));
    assertEveryKeyActs(
        StorageSettings.class,
        Map.of(
            "talkmill.s3.endpoint", "https://s3.example.org",
            "talkmill.s3.public-endpoint", "https://uploads.example.org:8443",
            "talkmill.s3.region", "eu-central-1",
            "talkmill.s3.bucket", "recordings",
            "talkmill.s3.access-key-id", "an id",
            "talkmill.s3.secret-access-key", "a secret",
            "talkmill.s3.slots", "4",
            "talkmill.s3.attempt-timeout", "3s",
            "talkmill.s3.call-timeout", "6s"),
        expected);
    assertThat(expected.embedded()).isFalse();
  }

  @Test
  void keysWithoutAnEndpointMeanAmazonsOwn() {
    StorageSettings settings =
        bind(
            StorageSettings.class,
            Map.of(
                "talkmill.s3.access-key-id", "an id", "talkmill.s3.secret-access-key", "a secret"));
    assertThat(settings.embedded()).isFalse();
  }

  @Test
  void halfOfAPairOfKeysIsRefused() {
    assertRefused(StorageSettings.class, "talkmill.s3.access-key-id", "an id", PAIR);
    assertRefused(StorageSettings.class, "talkmill.s3.secret-access-key", "a secret", PAIR);
  }

  @Test
  void anEndpointWithoutKeysIsRefused() {
    assertRefused(
        StorageSettings.class,
        "talkmill.s3.endpoint",
        "https://s3.example.org",
        "talkmill.s3.endpoint needs talkmill.s3.access-key-id and talkmill.s3.secret-access-key");
  }

  @Test
  void anAddressForClientsDoesNotReplaceTheEmbeddedServer() {
    StorageSettings settings =
        bind(
            StorageSettings.class,
            Map.of("talkmill.s3.public-endpoint", "http://talk.example.org:9000"));
    assertThat(settings.embedded()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"endpoint", "public-endpoint"})
  void whatIsNoAddressOfAServerIsRefused(String name) {
    String property = "talkmill.s3." + name;
    for (String value : new String[] {"s3.example.org:9000", "ftp://s3.example.org", "http:///x"}) {
      assertRefused(
          StorageSettings.class,
          property,
          value,
          property + " must start with http:// or https:// and name a host");
    }
    for (String value : new String[] {"http://me:secret@e", "http://e?x=1", "http://e#x"}) {
      assertRefused(
          StorageSettings.class,
          property,
          value,
          property + " must hold no user, query or fragment");
    }
  }

  @Test
  void aBlankBucketIsRefused() {
    assertRefused(
        StorageSettings.class, "talkmill.s3.bucket", " ", "talkmill.s3.bucket must not be empty");
  }

  @Test
  void noSlotsAndNoTimeAreRefused() {
    assertRefused(
        StorageSettings.class,
        "talkmill.s3.slots",
        "0",
        "talkmill.s3.slots must be at least 1, but is 0");
    assertRefused(
        StorageSettings.class,
        "talkmill.s3.attempt-timeout",
        "0s",
        "talkmill.s3.attempt-timeout must be longer than 0, but is PT0S");
    assertRefused(
        StorageSettings.class,
        "talkmill.s3.call-timeout",
        "0s",
        "talkmill.s3.call-timeout must be longer than 0, but is PT0S");
  }
}
