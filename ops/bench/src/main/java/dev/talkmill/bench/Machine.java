package dev.talkmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the figures were measured on.
 *
 * @param memory such as {@code 16 GB}, or empty where the system does not tell
 */
record Machine(int cores, String memory, String system, String java) {

  private static final Pattern TOTAL = Pattern.compile("MemTotal: +(\\d+) kB");

  static Machine thisOne() {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        memoryOfThisOne(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        System.getProperty("java.version"));
  }

  private static String memoryOfThisOne() {
    try {
      Matcher total = TOTAL.matcher(Files.readString(Path.of("/proc/meminfo")));
      return total.find()
          ? String.format(Locale.ROOT, "%.0f GB", Long.parseLong(total.group(1)) / 1e6)
          : "";
    } catch (IOException notLinux) {
      return "";
    }
  }

  String describe() {
    return "%d cores%s, %s, Java %s"
        .formatted(cores, memory.isEmpty() ? "" : ", " + memory, system, java);
  }
}
