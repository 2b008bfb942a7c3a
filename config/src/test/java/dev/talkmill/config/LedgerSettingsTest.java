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

class LedgerSettingsTest {

  @Test
  void withNothingSetALeaseLastsHalfAMinute() {
    assertThat(defaults(LedgerSettings.class))
        .isEqualTo(
            new LedgerSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(2),
                8,
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofSeconds(15),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                1_000,
                Duration.ofDays(30),
                Duration.ofDays(90)));
  }

  @Test
  void everyKeyActs() {
    assertEveryKeyActs(
        LedgerSettings.class,
        Map.ofEntries(
            Map.entry("talkmill.ledger.lease", "1s"),
            Map.entry("talkmill.ledger.dispatch-lease", "3s"),
            Map.entry("talkmill.ledger.attempts-max", "4"),
            Map.entry("talkmill.ledger.retry-base", "5s"),
            Map.entry("talkmill.ledger.retry-cap", "6s"),
            Map.entry("talkmill.ledger.settle-first", "7s"),
            Map.entry("talkmill.ledger.settle-max", "8s"),
            Map.entry("talkmill.ledger.idle-finish", "9s"),
            Map.entry("talkmill.ledger.sweep-every", "10s"),
            Map.entry("talkmill.ledger.poll", "11s"),
            Map.entry("talkmill.ledger.tenant-in-flight-max", "13"),
            Map.entry("talkmill.ledger.event-retention", "14d"),
            Map.entry("talkmill.ledger.row-retention", "15d")),
        new LedgerSettings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            4,
            Duration.ofSeconds(5),
            Duration.ofSeconds(6),
            Duration.ofSeconds(7),
            Duration.ofSeconds(8),
            Duration.ofSeconds(9),
            Duration.ofSeconds(10),
            Duration.ofSeconds(11),
            13,
            Duration.ofDays(14),
            Duration.ofDays(15)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lease",
        "dispatch-lease",
        "retry-base",
        "retry-cap",
        "settle-first",
        "settle-max",
        "idle-finish",
        "sweep-every",
        "poll",
        "event-retention",
        "row-retention"
      })
  void noTimeIsRefused(String name) {
    String property = "talkmill.ledger." + name;
    assertRefused(
        LedgerSettings.class, property, "0s", property + " must be longer than 0, but is PT0S");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attempts-max", "tenant-in-flight-max"})
  void countsOfNoneAreRefused(String name) {
    String property = "talkmill.ledger." + name;
    assertRefused(LedgerSettings.class, property, "0", property + " must be at least 1, but is 0");
  }

  @Test
  void aCapBelowTheFirstDelayIsRefused() {
    assertRefused(
        LedgerSettings.class,
        "talkmill.ledger.retry-cap",
        "1s",
        "talkmill.ledger.retry-cap must not be shorter than talkmill.ledger.retry-base");
  }
}
