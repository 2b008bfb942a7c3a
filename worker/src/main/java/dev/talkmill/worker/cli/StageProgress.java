package dev.talkmill.worker.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Shows how the work of each stage stands: a table on a terminal, lines elsewhere. */
final class StageProgress implements Consumer<Snapshot> {

  private static final int RETRIES_SHOWN = 3;

  private final PrintStream out;
  private final Ink ink;
  private final boolean live;
  private final int columns;
  private final InstantSource clock;
  private final Instant begun;
  private final LiveBlock block;
  private final Map<String, String> printed = new HashMap<>();

  StageProgress(Terminal terminal, InstantSource clock) {
    this.out = terminal.out();
    this.ink = terminal.outInk();
    this.live = terminal.outLive();
    this.columns = terminal.columns();
    this.clock = clock;
    this.begun = clock.instant();
    this.block = new LiveBlock(out);
  }

  @Override
  public void accept(Snapshot snapshot) {
    List<StageTally> tallies = StageTally.of(snapshot.rows());
    if (live) {
      List<String> lines = new ArrayList<>(table(tallies, ink));
      snapshot.rows().stream()
          .filter(StatusRow::isRetrying)
          .limit(RETRIES_SHOWN)
          .map(this::retry)
          .forEach(lines::add);
      lines.add("  " + Times.clock(Duration.between(begun, clock.instant())));
      block.draw(lines);
    } else {
      tallies.forEach(this::printChange);
      snapshot.rows().stream()
          .filter(StatusRow::isRetrying)
          .forEach(row -> printOnce(row.id() + row.attempts(), retry(row)));
    }
  }

  static List<String> table(List<StageTally> tallies, Ink ink) {
    List<String> lines = new ArrayList<>();
    lines.add(
        ink.strong(
            String.format(
                Locale.ROOT,
                "  %-12s %7s %7s %6s %6s %9s",
                "Stage",
                "waiting",
                "running",
                "done",
                "failed",
                "time")));
    for (StageTally tally : tallies) {
      lines.add(
          String.format(Locale.ROOT, "  %-12s ", tally.stage())
              + cell(7, tally.waiting(), new Ink(false)::strong)
              + cell(7, tally.running(), ink::busy)
              + cell(6, tally.done(), ink::good)
              + cell(6, tally.failed(), ink::bad)
              + String.format(
                  Locale.ROOT,
                  "%9s",
                  tally.done() + tally.failed() == 0 ? "" : Times.seconds(tally.busy())));
    }
    return lines;
  }

  private static String cell(int width, int count, UnaryOperator<String> colour) {
    String text = String.format(Locale.ROOT, "%" + width + "s ", count == 0 ? "-" : "" + count);
    return count == 0 ? text : colour.apply(text);
  }

  private String retry(StatusRow row) {
    String text = "  " + row.stage() + " failed (" + row.errorCode() + ") and will be tried again";
    return text.length() > columns ? text.substring(0, columns) : text;
  }

  private void printChange(StageTally tally) {
    if (tally.total() > 0) {
      String text =
          tally.stage()
              + ": "
              + tally.waiting()
              + " waiting, "
              + tally.running()
              + " running, "
              + tally.done()
              + " done"
              + (tally.failed() == 0 ? "" : ", " + tally.failed() + " failed");
      if (!text.equals(printed.put(tally.stage(), text))) {
        print(text);
      }
    }
  }

  private void printOnce(String id, String text) {
    if (printed.put(id, text) == null) {
      print(text.strip());
    }
  }

  private void print(String text) {
    out.println("  " + Times.clock(Duration.between(begun, clock.instant())) + "  " + text);
    out.flush();
  }
}
