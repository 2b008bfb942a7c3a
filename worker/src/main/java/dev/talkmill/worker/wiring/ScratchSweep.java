package dev.talkmill.worker.wiring;

import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.jobs.sweep.Sweep;
import java.time.Duration;

/** Deletes scratch files of attempts that died; no stage needs one for as long. */
record ScratchSweep(Scratch scratch) implements Sweep {

  private static final Duration AGE = Duration.ofHours(12);

  @Override
  public String name() {
    return "old_scratch";
  }

  @Override
  public int runOnce() {
    return scratch.deleteOlderThan(AGE);
  }

  @Override
  public boolean heals() {
    return false;
  }
}
