package dev.talkmill.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code run [--quick] [--only NAME[,NAME]] [--results DIRECTORY] [--readme FILE]}: measures and
 * reports. Ends with 0, with 1 where a measure could not be made, and with 2 on wrong usage.
 */
public final class BenchApplication {

  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private BenchApplication() {}

  static List<Measure> all() {
    return List.of(
        new Pickup(),
        new Overhead(),
        new Journeys(),
        new Nodes(),
        new Fairness(),
        new BigTables(),
        new InFlight(),
        new BigFiles(),
        new ColdStart());
  }

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  private static int run(List<String> words, PrintStream out, PrintStream err) {
    try {
      Options options = Options.parse(words, all());
      Report report =
          measure(
              options.measures(),
              options.size(),
              out,
              measured -> measured.write(options.results()));
      out.println();
      out.print(report.markdown());
      out.println();
      out.println("Written to " + options.results().resolve("latest.json"));
      if (options.readme() != null) {
        new ReadmeTable(Machine.thisOne())
            .write(options.readme(), options.results().resolve("latest.json"));
        out.println("Written to " + options.readme());
      }
      return 0;
    } catch (Options.Wrong wrong) {
      err.println("bench: " + wrong.getMessage() + ". See ops/bench/run --help");
      return USAGE;
    } catch (Exception failed) { // A measure may fail in any way; what the others gave is written.
      err.println("bench: the run failed.");
      failed.printStackTrace(err);
      return FAILED;
    }
  }

  /** Takes note of a report that has grown by a measure. */
  @FunctionalInterface
  interface Noted {
    void note(Report report) throws IOException;
  }

  static Report measure(List<Measure> measures, Size size, PrintStream out, Noted noted)
      throws Exception {
    Report report = new Report();
    try (Stand stand = Stand.in(Files.createTempDirectory("talkmill-bench"), size, out)) {
      int number = 0;
      for (Measure measure : measures) {
        out.printf(
            "[%d/%d] %s: %s%n", ++number, measures.size(), measure.name(), measure.question());
        Optional<String> obstacle = measure.obstacle();
        if (obstacle.isPresent()) {
          stand.say("left out: " + obstacle.get());
          continue;
        }
        long start = System.nanoTime();
        report.add(measure, measure.run(stand));
        noted.note(report);
        stand.say("took " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
      }
    }
    return report;
  }
}
