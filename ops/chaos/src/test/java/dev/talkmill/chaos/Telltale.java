package dev.talkmill.chaos;

import java.time.Clock;
import java.time.Instant;

/** A program that says what it takes for the time once it is asked. */
public final class Telltale {

  private Telltale() {}

  public static void main(String[] arguments) throws Exception {
    while (System.in.read() >= 0) {
      System.out.printf(
          "%d %d %d%n",
          Instant.now().toEpochMilli(), Clock.systemUTC().millis(), System.currentTimeMillis());
    }
  }
}
