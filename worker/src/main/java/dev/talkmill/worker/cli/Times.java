package dev.talkmill.worker.cli;

import java.time.Duration;
import java.util.Locale;

/** Times and sizes for people. */
final class Times {

  private Times() {}

  /** For example {@code 0:07}, {@code 12:03} or {@code 1:02:03}. */
  static String clock(double seconds) {
    long whole = Math.max(0, Math.round(Math.floor(seconds)));
    long hours = whole / 3600;
    String rest = String.format(Locale.ROOT, "%d:%02d", whole % 3600 / 60, whole % 60);
    return hours == 0
        ? rest
        : String.format(Locale.ROOT, "%d:%02d:%02d", hours, whole % 3600 / 60, whole % 60);
  }

  static String clock(Duration length) {
    return clock(length.toMillis() / 1000.0);
  }

  /** For example {@code 0.25 s} or {@code 41.3 s}; from two minutes on like a clock. */
  static String seconds(Duration length) {
    double seconds = length.toMillis() / 1000.0;
    if (seconds >= 120) {
      return clock(seconds);
    }
    return String.format(Locale.ROOT, seconds < 1 ? "%.2f s" : "%.1f s", seconds);
  }

  /** For example {@code 812 B}, {@code 40.2 MB}; 1 MB is 1,000,000 bytes. */
  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
