package dev.talkmill.chaos;

import dev.talkmill.chaos.check.CheckerApplication;
import dev.talkmill.chaos.check.DatabaseAddress;
import dev.talkmill.chaos.check.Expected;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the checker, a process that shares nothing with the run but what the run has left. */
final class Checker {

  private static final long MINUTES_MAX = 10;

  private Checker() {}

  /** Whether nothing is wrong; what it prints goes where this process prints. */
  static boolean approves(Stand stand, Expected expected) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    WorkerCommand.java(),
                    "-Xmx512m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CheckerApplication.class.getName(),
                    stand.acknowledgements().toString(),
                    stand.faultLog().toString(),
                    expected.word()))
            .inheritIO();
    Map<String, String> environment = builder.environment();
    DatabaseAddress database = stand.postgres().address();
    environment.put("CHAOS_DATABASE_URL", database.url());
    environment.put("CHAOS_DATABASE_USERNAME", database.username());
    environment.put("CHAOS_DATABASE_PASSWORD", database.password());
    environment.put("CHAOS_S3_ENDPOINT", stand.s3().endpoint().toString());
    environment.put("CHAOS_S3_ACCESS_KEY_ID", stand.s3().accessKeyId());
    environment.put("CHAOS_S3_SECRET_ACCESS_KEY", stand.s3().secretAccessKey());
    environment.put("CHAOS_S3_BUCKET", Stand.BUCKET);
    Process process = builder.start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("the checker does not end");
    }
    return process.exitValue() == 0;
  }
}
