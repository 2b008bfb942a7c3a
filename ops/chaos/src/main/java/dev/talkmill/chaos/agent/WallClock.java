package dev.talkmill.chaos.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** What a process takes for the time; public for the woven calls. Uses Java alone. */
public final class WallClock {

  private static final long LOOK_AGAIN_NANOS = 100_000_000;

  private static volatile long shiftMillis;

  private WallClock() {}

  /** Is ahead by as many milliseconds as a file says, whenever it says something else. */
  public static void follow(Path shift) {
    Thread thread = new Thread(() -> look(shift), "chaos-clock");
    thread.setDaemon(true);
    thread.start();
  }

  private static void look(Path shift) {
    while (true) {
      try {
        shiftMillis = Long.parseLong(Files.readString(shift).strip());
      } catch (IOException | NumberFormatException e) {
        // Not there yet, or not written to its end.
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  public static Instant shifted(Instant now) {
    return now.plusMillis(shiftMillis);
  }

  public static long shifted(long nowMillis) {
    return nowMillis + shiftMillis;
  }
}
