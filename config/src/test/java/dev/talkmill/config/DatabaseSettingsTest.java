package dev.talkmill.config;

import static dev.talkmill.config.Binding.assertEveryKeyActs;
import static dev.talkmill.config.Binding.assertRefused;
import static dev.talkmill.config.Binding.defaults;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseSettingsTest {

  @Test
  void withNothingSetTheEmbeddedServerIsMeant() {
    assertThat(defaults(DatabaseSettings.class))
        .isEqualTo(new DatabaseSettings(null, null, null, 16, 8, Duration.ofSeconds(30)));
  }

  @Test
  void everyKeyActs() {
    assertEveryKeyActs(
        DatabaseSettings.class,
        Map.of(
            "talkmill.database.url", "jdbc:postgresql://db.example.org/talk",
            "talkmill.database.username", "owner",
            "talkmill.database.password", "a password",
            "talkmill.database.connections", "20",
            "talkmill.database.job-connections", "10",
            "talkmill.database.statement-timeout", "5s"),
        new DatabaseSettings(
            "jdbc:postgresql://db.example.org/talk",
            "owner",
            "a password",
            20,
            10,
            Duration.ofSeconds(5)));
  }

  @Test
  void anotherKindOfDatabaseIsRefused() {
    assertRefused(
        DatabaseSettings.class,
        "talkmill.database.url",
        "jdbc:mysql://db.example.org/talk",
        "talkmill.database.url must start with jdbc:postgresql:");
  }

  @Test
  void poolsOfOneConnectionAreRefused() {
    assertRefused(
        DatabaseSettings.class,
        "talkmill.database.connections",
        "1",
        "talkmill.database.connections must be at least 2, but is 1");
    assertRefused(
        DatabaseSettings.class,
        "talkmill.database.job-connections",
        "1",
        "talkmill.database.job-connections must be at least 2, but is 1");
  }

  @Test
  void statementsWithoutTimeAreRefused() {
    assertRefused(
        DatabaseSettings.class,
        "talkmill.database.statement-timeout",
        "-1s",
        "talkmill.database.statement-timeout must be longer than 0, but is PT-1S");
  }
}
