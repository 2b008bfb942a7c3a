package dev.talkmill.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
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
      // Figures of another size would not be comparable with those that stand there.
      Report report =
          options.size() == Size.FULL && options.measures().size() < all().size()
              ? Report.over(options.results(), all())
              : new Report();
      wantOthers(report, options);
      measure(report, options, out);
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

  /** The README's table is written as a whole. */
  private static void wantOthers(Report report, Options options) throws Options.Wrong {
    List<Measure> others = new ArrayList<>(all());
    others.removeIf(one -> options.measures().stream().anyMatch(m -> m.name().equals(one.name())));
    List<String> missing = report.without(others);
    if (options.readme() != null && !missing.isEmpty()) {
      throw new Options.Wrong(
          "--readme writes a whole table, and %s has no figures of %s yet: measure them too"
              .formatted(options.results(), String.join(", ", missing)));
    }
  }

  /** Writes the report after each measure: what was measured survives a run that does not. */
  private static void measure(Report report, Options options, PrintStream out) throws Exception {
    List<Measure> measures = options.measures();
    try (Stand stand = Stand.in(Files.createTempDirectory("talkmill-bench"), options.size(), out)) {
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
        report.write(options.results());
        stand.say("took " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
      }
    }
  }
}
