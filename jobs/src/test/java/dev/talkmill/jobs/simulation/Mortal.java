package dev.talkmill.jobs.simulation;

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
  private final Chronicle chronicle;
  private int momentsLeft = NEVER;
  private @Nullable CrashPoint last;
  private int timesLeft;
  private boolean dead;
  private @Nullable LineFault lineFault;

  /** A process that lives until it is told otherwise. */
  Mortal(String name, Chronicle chronicle) {
    this.name = name;
    this.chronicle = chronicle;
  }

  String name() {
    return name;
  }

  boolean isDead() {
    return dead;
  }

  /** Dies at the moment that comes after so many others. */
  void diesAfter(int moments) {
    momentsLeft = moments;
  }

  /** Dies when it comes to this point, having come to it as many times before. */
  void diesAt(CrashPoint point, int times) {
    last = point;
    timesLeft = times;
  }

  void die(String where, Moment moment) {
    if (!dead) {
      dead = true;
      chronicle.died(where, moment);
    }
  }

  /** A moment between two side effects: the last one of a process whose time has come. */
  void reach(String strand, String where, Moment moment) {
    if (!dead) {
      chronicle.reached(strand, where, moment);
    }
    boolean aimed = last != null && last.is(where, moment);
    if (momentsLeft == 0 || (aimed && timesLeft == 0)) {
      die(where, moment);
    }
    if (momentsLeft > 0) {
      momentsLeft--;
    }
    if (aimed) {
      timesLeft--;
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
    if (fault != null) {
      chronicle.met("COMMIT " + fault);
    }
    return fault;
  }

  /** From here on nothing is broken any more, except what is dead. */
  void spare() {
    momentsLeft = NEVER;
    last = null;
    lineFault = null;
  }
}
