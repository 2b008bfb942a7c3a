package dev.talkmill.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How full a heap was, by the log of its collections: it is never fuller than before one.
 *
 * @param peakMib most that was in use, what nobody needs any more included
 * @param liveMib most that was in use right after a collection
 */
record GcLog(double peakMib, double liveMib) {

  private static final Pattern COLLECTION = Pattern.compile(" (\\d+)M->(\\d+)M\\(\\d+M\\) ");

  /** The option of a JVM that writes the log. */
  static String option(Path file) {
    return "-Xlog:gc:file=" + file + ":uptime:filecount=0";
  }

  static GcLog read(Path file) {
    double peak = 0;
    double live = 0;
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher collection = COLLECTION.matcher(line);
        if (collection.find()) {
          peak = Math.max(peak, Double.parseDouble(collection.group(1)));
          live = Math.max(live, Double.parseDouble(collection.group(2)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (peak == 0) {
      throw new IllegalStateException("the heap was never collected: " + file);
    }
    return new GcLog(peak, live);
  }
}
