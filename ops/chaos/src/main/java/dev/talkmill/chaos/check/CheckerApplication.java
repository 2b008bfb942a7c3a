package dev.talkmill.chaos.check;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * {@code ACKNOWLEDGED FAULTS EXPECTED [PROMISE]}: judges a run by the two logs, the database and
 * the bucket, whose addresses are in its environment. Ends with 0 if nothing is wrong, and with 1
 * if something is; where a promise is named, with 0 if that was found to be broken. The last line
 * of its output is always the same words with figures.
 */
public final class CheckerApplication {

  private CheckerApplication() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> environment = System.getenv();
    Told told = Told.read(Path.of(arguments[0]), Path.of(arguments[1]));
    try (Ledger ledger = new Ledger(database(environment));
        Bucket bucket = bucket(environment)) {
      Verdict verdict = Verdict.of(told, Expected.parse(arguments[2]), ledger, bucket);
      new Report(verdict, System.out).print();
      System.exit(isAsItShouldBe(verdict, arguments) ? 0 : 1);
    }
  }

  /** With a fourth argument the promise that must have been broken. */
  private static boolean isAsItShouldBe(Verdict verdict, String[] arguments) {
    return arguments.length > 3
        ? verdict.broken(Promise.valueOf(arguments[3])) > 0
        : verdict.isGood();
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
}
