package dev.talkmill.chaos.check;

import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * {@code ACKNOWLEDGED FAULTS EXPECTED}: judges a run by the two logs, the database and the bucket,
 * whose addresses are in its environment. Ends with 0 if nothing is wrong, and with 1 if something
 * is; the last line of its output is always the same words with figures.
 */
public final class CheckerApplication {

  private static final double CONVERGE_SECONDS_MAX = 120;
  private static final double CONVERGE_P99_SECONDS_MAX = 60;
  private static final int SHOWN_MAX = 20;

  private static final String PAID_CALLS =
      "SELECT count(*) FROM provider_call WHERE state IN ('STARTED', 'DONE', 'ABANDONED')";

  private static final String NEEDED_CALLS =
      """
      SELECT count(*) FROM processing_status
      WHERE stage IN ('TRANSCRIBE', 'SUMMARIZE') AND state = 'COMPLETED' AND provider IS NOT NULL
      """;

  private CheckerApplication() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> environment = System.getenv();
    Told told = Told.read(Path.of(arguments[0]), Path.of(arguments[1]));
    try (Ledger ledger = new Ledger(database(environment));
        Bucket bucket = bucket(environment)) {
      System.exit(judge(told, Expected.parse(arguments[2]), ledger, bucket, System.out) ? 0 : 1);
    }
  }

  private static DatabaseAddress database(Map<String, String> environment) {
    return new DatabaseAddress(
        value(environment, "CHAOS_DATABASE_URL"),
        value(environment, "CHAOS_DATABASE_USERNAME"),
        value(environment, "CHAOS_DATABASE_PASSWORD"));
  }

  private static Bucket bucket(Map<String, String> environment) {
    return new Bucket(
        URI.create(value(environment, "CHAOS_S3_ENDPOINT")),
        value(environment, "CHAOS_S3_ACCESS_KEY_ID"),
        value(environment, "CHAOS_S3_SECRET_ACCESS_KEY"),
        value(environment, "CHAOS_S3_BUCKET"));
  }

  private static String value(Map<String, String> environment, String name) {
    return Objects.requireNonNull(environment.get(name), name);
  }

  private static boolean judge(
      Told told, Expected expected, Ledger ledger, Bucket bucket, PrintStream out)
      throws Exception {
    Findings found = Findings.of(told, ledger, bucket);
    Convergence convergence = Convergence.of(told, ledger.settled());
    long staleTried = ledger.count("SELECT last_value FROM chaos.tried");
    long staleLanded = ledger.count("SELECT count(*) FROM chaos.landed");
    long paid = ledger.count(PAID_CALLS);
    long needed = ledger.count(NEEDED_CALLS);
    List<String> limits = new ArrayList<>(expected.missed(told, staleTried));
    limits.addAll(slow(convergence));
    if (paid - needed > told.faults().size()) {
      limits.add("more than one paid call repeated for each fault");
    }
    show(out, "lost", found.lost());
    show(out, "duplicated", found.duplicated());
    show(out, "stuck", found.stuck());
    show(out, "not erased", found.unerased());
    show(out, "missed", limits);
    out.printf("provider calls: %d paid for, %d needed%n", paid, needed);
    out.printf(
        Locale.ROOT,
        "time to converge: p99 %.1f s, worst %.1f s, %.1f s after the last fault%n",
        convergence.p99(),
        convergence.worst(),
        convergence.afterLastFault());
    out.printf(
        Locale.ROOT,
        "acknowledged=%d lost=%d duplicated=%d stuck=%d kills=%d pg_stops=%d zombies=%d"
            + " stale_tried=%d stale_landed=%d p99_converge_s=%.0f%n",
        told.chunks().size(),
        found.lost().size(),
        found.duplicated().size(),
        found.stuck().size(),
        told.count(FaultKind.KILL),
        told.count(FaultKind.POSTGRES_STOP),
        told.count(FaultKind.ZOMBIE),
        staleTried,
        staleLanded,
        Math.ceil(convergence.p99()));
    return found.lost().isEmpty()
        && found.duplicated().isEmpty()
        && found.stuck().isEmpty()
        && found.unerased().isEmpty()
        && limits.isEmpty()
        && staleLanded == 0;
  }

  private static List<String> slow(Convergence convergence) {
    List<String> slow = new ArrayList<>();
    if (convergence.afterLastFault() > CONVERGE_SECONDS_MAX) {
      slow.add("not all was done %.0f s after the last fault".formatted(CONVERGE_SECONDS_MAX));
    }
    if (convergence.p99() > CONVERGE_P99_SECONDS_MAX) {
      slow.add("the p99 of convergence is above %.0f s".formatted(CONVERGE_P99_SECONDS_MAX));
    }
    return slow;
  }

  private static void show(PrintStream out, String kind, List<String> what) {
    what.stream().limit(SHOWN_MAX).forEach(one -> out.println(kind + ": " + one));
    if (what.size() > SHOWN_MAX) {
      out.printf("%s: and %d more%n", kind, what.size() - SHOWN_MAX);
    }
  }
}
