package dev.talkmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The README's section on performance: a table of the headline figures between two comments,
 * written anew after a full run. Where there is no such section yet, it is made.
 */
final class ReadmeTable {

  static final String BEGIN = "<!-- begin: figures of ops/bench -->";
  static final String END = "<!-- end: figures of ops/bench -->";

  /** The section is put before this one. */
  static final String NEXT = "## Limits and things to note";

  private static final Pattern TABLE =
      Pattern.compile(Pattern.quote(BEGIN) + ".*?" + Pattern.quote(END), Pattern.DOTALL);

  /** A figure that a reader of the README asks for, in the order of the table. */
  private record Headline(String name, String what) {}

  private static final List<Headline> HEADLINES =
      List.of(
          new Headline("pickup_p50", "chunk accepted to handler started, idle, p50"),
          new Headline("pickup_p99", "the same, p99"),
          new Headline("overhead_1_p99", "finish to summary, 1 chunk, p99"),
          new Headline("overhead_20_p99", "finish to summary, 20 chunks, p99"),
          new Headline("journeys", "whole chunk journeys"),
          new Headline("journeys_vs_dbscheduler", "the same"),
          new Headline("journeys_vs_stock_jobrunr", "the same"),
          new Headline("inflight_2000_heap_mib", "heap, 2,000 provider calls in flight"),
          new Headline("pickup_at_10m_p99", "pickup at 10 M finished rows, p99"),
          new Headline("relay_at_backlog_p95", "relay with 1 M rows waiting, p95"),
          new Headline("fairness_small_p99", "small tenant beside a large one, p99"),
          new Headline("bigfile_upload_mb_s", "2 GB upload"),
          new Headline("bigfile_decode_x", "24 h recording prepared, seconds of sound a second"),
          new Headline("bigfile_heap_mib", "most heap in use meanwhile"),
          new Headline("cold_start_ms", "start to ready, everything embedded"),
          new Headline(
              "cold_start_aot_ms",
              "the same with Java's ahead-of-time cache, which the launcher does not make"),
          new Headline("rest_rss_mib", "memory at rest, PostgreSQL included"));

  private final Machine machine;

  ReadmeTable(Machine machine) {
    this.machine = machine;
  }

  /**
   * Writes the headlines that were measured.
   *
   * @param latest the {@code latest.json} of the run
   */
  void write(Path readme, Path latest) throws IOException {
    String text = Files.readString(readme);
    JsonNode figures = JsonMapper.builder().build().readTree(Files.readString(latest));
    String table = BEGIN + "\n" + table(figures) + END;
    if (TABLE.matcher(text).find()) {
      text = TABLE.matcher(text).replaceFirst(Matcher.quoteReplacement(table));
    } else if (text.contains("\n" + NEXT)) {
      String section = section(table);
      text = text.replaceFirst("(?m)^" + NEXT, Matcher.quoteReplacement(section + NEXT));
    } else {
      throw new IOException(readme + " has neither the comment " + BEGIN + " nor " + NEXT);
    }
    Files.writeString(readme, text);
  }

  private static String section(String table) {
    return """
    ## Performance

    Each figure stands beside a reference that the same run measured on the same machine and the
    same PostgreSQL, with `fsync` and `synchronous_commit` on: compare ratios, not milliseconds.

    ```
    ops/bench/run            # all of it; --quick for a first look
    ```

    %s

    [ops/bench/README.md](ops/bench/README.md) says what each figure means and how it is measured.

    """
        .formatted(table);
  }

  private String table(JsonNode figures) {
    StringBuilder table = new StringBuilder("Measured on " + machine.describe() + ".\n\n");
    table.append("| what | value | reference | value / reference |\n|---|---|---|---|\n");
    for (Headline headline : HEADLINES) {
      JsonNode figure = figures.get(headline.name());
      if (figure != null) {
        table.append(line(headline, figure));
      }
    }
    return table.toString();
  }

  private static String line(Headline headline, JsonNode figure) {
    String unit = figure.get("unit").asString();
    JsonNode reference = figure.get("reference");
    JsonNode ratio = figure.get("ratio");
    return "| %s | %s | %s | %s |\n"
        .formatted(
            headline.what(),
            Report.amount(figure.get("value").asDouble(), unit),
            reference.isNull()
                ? ""
                : Report.amount(reference.asDouble(), unit)
                    + ": "
                    + figure.get("against").asString(),
            ratio.isNull() ? "" : Report.number(ratio.asDouble()));
  }
}
