package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.Defect;
import java.util.Optional;

/** A promise that is broken on purpose: a run with one of these must fail. */
enum Mutant {
  /** Writes that end a row do not ask whether it is still theirs. */
  NO_FENCE(Optional.of(Defect.NO_FENCE)),
  /** A commit is acknowledged before it is on the disk, and a chunk with it. */
  EARLY_ACK(Optional.empty());

  private final Optional<Defect> defect;

  Mutant(Optional<Defect> defect) {
    this.defect = defect;
  }

  /** What is woven into the workers, if it is that. */
  Optional<Defect> defect() {
    return defect;
  }
}
