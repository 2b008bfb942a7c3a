package dev.talkmill.chaos.agent;

import java.util.concurrent.atomic.AtomicLong;

/** Ends this process when its point has been passed often enough; public for the woven call. */
public final class Trap {

  private static final AtomicLong LEFT = new AtomicLong(Long.MAX_VALUE);
  private static volatile int exitCode;

  private Trap() {}

  /** Set before any class is woven. */
  static void arm(CrashPoint point, long passes) {
    exitCode = point.exitCode();
    LEFT.set(passes);
  }

  /** Called at the point. Nothing is flushed and no hook runs, as when the process is killed. */
  public static void pass() {
    if (LEFT.decrementAndGet() <= 0) {
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
