package dev.talkmill.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The figures of the README's section on what the worker survives: a table between two comments,
 * written anew after a full run.
 */
final class ReadmeTable {

  static final String BEGIN = "<!-- begin: figures of ops/chaos -->";
  static final String END = "<!-- end: figures of ops/chaos -->";

  private static final Pattern TABLE =
      Pattern.compile(Pattern.quote(BEGIN) + ".*?" + Pattern.quote(END), Pattern.DOTALL);
  private static final Pattern FIGURE = Pattern.compile("([a-z0-9_]+)=([0-9.]+)");

  private final Map<String, String> figures = new LinkedHashMap<>();
  private final Duration took;

  /**
   * Figures of a run.
   *
   * @param lines of the checker's output, with {@code name=value} in them
   * @param nanos that the run took
   */
  ReadmeTable(List<String> lines, long nanos) {
    took = Duration.ofNanos(nanos);
    for (String line : lines) {
      for (Matcher figure = FIGURE.matcher(line); figure.find(); ) {
        figures.put(figure.group(1), figure.group(2));
      }
    }
  }

  /** Replaces the table. */
  void write(Path readme) throws IOException {
    String text = Files.readString(readme);
    Matcher place = TABLE.matcher(text);
    if (!place.find()) {
      throw new IOException(readme + " has no comment " + BEGIN);
    }
    String table = BEGIN + "\n" + table() + END;
    Files.writeString(readme, place.replaceFirst(Matcher.quoteReplacement(table)));
  }

  private String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        "The last full run, `ops/chaos/run --full`, took %d minutes on %d cores.\n\n"
            .formatted(
                Math.ceilDiv(took.toSeconds(), 60), Runtime.getRuntime().availableProcessors()));
    table.append("| what | figure |\n|---|---|\n");
    row(table, "workers killed, at 14 places between two side effects and anywhere", "kills");
    row(table, "stops of PostgreSQL: immediate, fast, postmaster killed", "pg_stops");
    row(table, "commits whose acknowledgement was lost", "commits_unheard");
    row(table, "workers that stood still for longer than their leases", "zombies");
    row(table, "chunks acknowledged", "acknowledged");
    row(table, "of them lost", "lost");
    row(table, "done or said twice", "duplicated");
    row(table, "neither done nor given up", "stuck");
    row(table, "writes of a holder whose time was over, refused", "stale_tried");
    row(table, "of them landed", "stale_landed");
    row(table, "finish, or end of an outage, to the last row, p99, s", "p99_converge_s");
    row(table, "finish to the last row, outages included, p99, s", "p99_with_outages_s");
    row(table, "the same, worst, s", "worst_converge_s");
    row(table, "last fault to last row, s", "after_last_fault_s");
    row(table, "PostgreSQL's return to the next row done, worst, s", "postgres_back_s");
    row(table, "provider calls that were answered", "answered");
    row(table, "of them needed", "needed");
    return table.toString();
  }

  private void row(StringBuilder table, String what, String name) {
    String figure = figures.get(name);
    if (figure == null) {
      throw new IllegalStateException("the checker gave no figure " + name);
    }
    table.append("| %s | %s |\n".formatted(what, figure));
  }
}
