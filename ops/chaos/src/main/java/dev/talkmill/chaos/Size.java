package dev.talkmill.chaos;

import dev.talkmill.chaos.check.Expected;
import java.time.Duration;

/**
 * How much of everything.
 *
 * @param clients that record side by side
 * @param speechPercent share of chunks that are spoken, and so cost a decoder each
 * @param deathsEach at each crash point
 * @param kills deaths of workers in phase B, those at crash points included
 * @param chunks that phase B takes at least
 * @param postgresStops of phase C
 * @param longOutages how many of them last for 40 s
 * @param unheard commits whose acknowledgement is lost
 * @param zombies of phase D
 * @param neighbourFault how long each fault of phase E lasts
 * @param limit that no run comes near
 */
record Size(
    int clients,
    int speechPercent,
    int deathsEach,
    int kills,
    int chunks,
    int postgresStops,
    int longOutages,
    int unheard,
    int zombies,
    Duration neighbourFault,
    Duration limit) {

  static final Size QUICK =
      new Size(6, 40, 1, 18, 150, 3, 0, 10, 2, Duration.ofSeconds(2), Duration.ofMinutes(9));
  static final Size FULL =
      new Size(
          16, 30, 10, 200, 10_000, 20, 2, 100, 20, Duration.ofSeconds(10), Duration.ofHours(1));
  static final Size NIGHTLY =
      new Size(
          16,
          30,
          100,
          2_000,
          100_000,
          200,
          20,
          1_000,
          200,
          Duration.ofMinutes(1),
          Duration.ofHours(12));

  /** One stale write a zombie: a worker under load that stands still holds many rows. */
  Expected expected() {
    return new Expected(chunks, kills, deathsEach, postgresStops, zombies, zombies);
  }
}
