package dev.talkmill.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory in use by a worker, in MiB. Linux only.
 *
 * @param jvm what its JVM has resident
 * @param postgres all its PostgreSQL processes together, what they share counted once
 */
record ProcessMemory(double jvm, double postgres) {

  private static final double KIB_OF_MIB = 1024;
  private static final Pattern LINE = Pattern.compile("(?m)^(Rss|Pss): +(\\d+) kB$");

  /** Whether this machine tells it. */
  static boolean isKnown() {
    return Files.exists(Path.of("/proc/self/smaps_rollup"));
  }

  static ProcessMemory of(ProcessHandle jvm, Path data) {
    return new ProcessMemory(
        mib(jvm, "Rss"), workingBelow(data).stream().mapToDouble(each -> mib(each, "Pss")).sum());
  }

  /** PostgreSQL's processes have their data directory as working directory. */
  static List<ProcessHandle> workingBelow(Path data) {
    return ProcessHandle.allProcesses()
        .filter(each -> worksBelow(each, data))
        .filter(ProcessMemory::isPostgres)
        .toList();
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().filter(command -> command.endsWith("/postgres")).isPresent();
  }

  private static boolean worksBelow(ProcessHandle process, Path data) {
    try {
      return Files.readSymbolicLink(file(process, "cwd")).startsWith(data.toRealPath());
    } catch (IOException e) {
      return false; // It has just ended, or is nobody's business.
    }
  }

  private static double mib(ProcessHandle process, String kind) {
    try {
      Matcher line = LINE.matcher(Files.readString(file(process, "smaps_rollup")));
      while (line.find()) {
        if (line.group(1).equals(kind)) {
          return Long.parseLong(line.group(2)) / KIB_OF_MIB;
        }
      }
      throw new IllegalStateException("process " + process.pid() + " tells no " + kind);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(ProcessHandle process, String name) {
    return Path.of("/proc", Long.toString(process.pid()), name);
  }
}
