package dev.talkmill.chaos;

import dev.talkmill.chaos.Size.Bad;
import dev.talkmill.chaos.Size.Killing;
import dev.talkmill.chaos.Size.Load;
import dev.talkmill.chaos.Size.Stops;
import dev.talkmill.chaos.agent.CrashPoint;
import dev.talkmill.chaos.agent.Defect;
import dev.talkmill.chaos.check.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A promise that is broken on purpose. A run with one of these must say which promise it was, or it
 * would say nothing of a worker without them either.
 */
enum Mutant {
  /** Writes that end a row do not ask whether it is still theirs. */
  NO_FENCE(Optional.of(Defect.NO_FENCE), Promise.FENCED),

  /** A commit is acknowledged before it is on the disk, and a chunk with it. */
  EARLY_ACK(Optional.empty(), Promise.KEPT),

  /** Jobs are saved in a transaction of their own, beside the one that dispatches their rows. */
  RELAY_APART(Optional.of(Defect.RELAY_APART), Promise.TOGETHER),

  /** Ended chunks are counted, after the commit that ended each. */
  FAN_IN_COUNTED(Optional.of(Defect.FAN_IN_COUNTED), Promise.DERIVED);

  private static final Killing NO_KILLS = new Killing(Set.of(), 0, 0);
  private static final Stops NO_STOPS = new Stops(0, 0, 0);

  private final Optional<Defect> defect;
  private final Promise broken;

  Mutant(Optional<Defect> defect, Promise broken) {
    this.defect = defect;
    this.broken = broken;
  }

  /** What is woven into the workers, if it is that. */
  Optional<Defect> defect() {
    return defect;
  }

  /** What a run must find. */
  Promise broken() {
    return broken;
  }

  /** Only the faults under which it shows. */
  Size size() {
    return switch (this) {
      case NO_FENCE -> plan(30, NO_KILLS, NO_STOPS, 3);
      case EARLY_ACK -> plan(30, NO_KILLS, new Stops(4, 0, 0), 0);
      case RELAY_APART -> plan(30, new Killing(Set.of(CrashPoint.K3), 1, 2), NO_STOPS, 0);
      // Spoken chunks alone are counted.
      case FAN_IN_COUNTED ->
          plan(100, new Killing(Set.of(CrashPoint.K8), 3, 6), new Stops(3, 0, 0), 0);
    };
  }

  private static Size plan(int speechPercent, Killing killing, Stops stops, int zombies) {
    return new Size(
        new Load(8, speechPercent, 1),
        killing,
        stops,
        zombies,
        new Bad(Duration.ZERO, 0),
        Duration.ofSeconds(20),
        Duration.ofMinutes(6));
  }
}
