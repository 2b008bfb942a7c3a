package dev.talkmill.jobs.simulation;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The life of one process. It may end before or after each of its side effects; from then on none
 * takes place, whichever strand tries it.
 */
final class Mortal {

  /** What a connection does instead of a plain commit. */
  enum LineFault {
    /** The line is cut and nothing is committed. */
    CUT,
    /** The commit lands and nobody hears of it. */
    ANSWER_LOST
  }

  private static final int NEVER = -1;

  private final String name;
  private final Map<String, Integer> deaths;
  private int effectsLeft = NEVER;
  private boolean dead;
  private @Nullable LineFault lineFault;

  /**
   * A process that lives until it is told otherwise.
   *
   * @param deaths counts at which moments processes have died
   */
  Mortal(String name, TreeMap<String, Integer> deaths) {
    this.name = name;
    this.deaths = deaths;
  }

  String name() {
    return name;
  }

  boolean isDead() {
    return dead;
  }

  /** Dies at the moment that comes after so many others. */
  void diesAfter(int moments) {
    effectsLeft = moments;
  }

  void die(String moment) {
    if (!dead) {
      dead = true;
      deaths.merge(moment, 1, Integer::sum);
    }
  }

  /** A moment between two side effects: the last one of a process whose time has come. */
  void reach(String moment) {
    if (effectsLeft == 0) {
      die(moment);
    }
    if (effectsLeft > 0) {
      effectsLeft--;
    }
    ensureAlive();
  }

  void ensureAlive() {
    if (dead) {
      throw new ProcessDeath(name);
    }
  }

  void breakNextCommit(LineFault fault) {
    lineFault = fault;
  }

  /** The fault of the commit that is under way, once. */
  @Nullable LineFault takeLineFault() {
    LineFault fault = lineFault;
    lineFault = null;
    return fault;
  }

  /** From here on nothing is broken any more, except what is dead. */
  void spare() {
    effectsLeft = NEVER;
    lineFault = null;
  }
}
