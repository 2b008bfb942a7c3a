package dev.talkmill.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code run [--quick] [--only NAME[,NAME]] [--results DIRECTORY]}: measures and reports. */
public final class BenchApplication {

  private static final double QUICK = 0.1;

  private BenchApplication() {}

  static List<Measure> all() {
    return List.of(
        new Pickup(),
        new Overhead(),
        new Journeys(),
        new Nodes(),
        new Fairness(),
        new BigTables(),
        new InFlight());
  }

  public static void main(String[] arguments) throws Exception {
    Set<String> only = new TreeSet<>();
    double scale = 1;
    Path results = Path.of("results");
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> scale = QUICK;
        case "--only" -> only.addAll(List.of(arguments[++i].split(",")));
        case "--results" -> results = Path.of(arguments[++i]);
        default -> {
          System.err.println("Unknown argument " + arguments[i] + "; see ops/bench/README.md");
          System.exit(2);
        }
      }
    }
    List<Measure> chosen = new ArrayList<>(all());
    if (!only.isEmpty()) {
      chosen.removeIf(measure -> !only.contains(measure.name()));
    }
    Report report = run(chosen, new Stand.Size(scale), System.out);
    report.write(results);
    System.out.println();
    System.out.print(report.markdown());
    System.exit(0);
  }

  static Report run(List<Measure> measures, Stand.Size size, PrintStream out) throws Exception {
    Report report = new Report();
    try (Stand stand = new Stand(Files.createTempDirectory("talkmill-bench"), size, out)) {
      for (Measure measure : measures) {
        out.println(measure.name() + ": " + measure.question());
        report.add(measure, measure.run(stand));
      }
    }
    return report;
  }
}
