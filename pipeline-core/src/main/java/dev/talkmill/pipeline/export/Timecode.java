package dev.talkmill.pipeline.export;

import java.util.Locale;

/** Times as subtitles write them. Hours have two digits, or more where they need more. */
final class Timecode {

  private Timecode() {}

  /** Whole milliseconds of a time in seconds; what is no sensible time becomes 0. */
  static long millis(double seconds) {
    return Double.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) : 0;
  }

  /** For example {@code 00:01:02,345}, with the given sign before the milliseconds. */
  static String exact(long millis, char sign) {
    return clock(millis) + sign + String.format(Locale.ROOT, "%03d", millis % 1000);
  }

  /** For example {@code 00:01:02}. */
  static String clock(long millis) {
    long seconds = millis / 1000;
    return String.format(
        Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
