package dev.talkmill.chaos;

import dev.talkmill.chaos.check.DatabaseAddress;
import dev.talkmill.chaos.check.Entry;
import dev.talkmill.chaos.check.FaultKind;
import dev.talkmill.worker.embedded.EmbeddedS3;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All that a run consists of, in one directory that is gone afterwards, however the run ends. */
final class Stand implements AutoCloseable {

  static final String BUCKET = "talkmill";

  private static final int WORKERS = 2;
  private static final Duration PROVIDER_DELAY = Duration.ofMillis(20);
  private static final InstantSource CLOCK = InstantSource.system();

  private final Path directory;
  private final PrintStream out;
  private final Guardian guardian;
  private final PostgresServer postgres;
  private final EmbeddedS3 s3;
  private final Providers providers;
  private final Pipe databaseLine;
  private final Pipe storeLine;
  private final Journal journal;
  private final Journal faults;
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final WorkerProcess guest;
  private volatile boolean guestIsOpen;
  private final long started = System.nanoTime();

  /**
   * Starts everything but the workers.
   *
   * @param parent exists; the run's directory is made below it
   * @param jar the packaged worker
   * @param mutant a promise to break
   */
  Stand(Path parent, Path jar, Optional<Mutant> mutant, PrintStream out) throws IOException {
    this.out = out;
    directory = Files.createTempDirectory(parent, "talkmill-chaos").toRealPath();
    guardian = Guardian.of(directory);
    boolean up = false;
    try {
      postgres = new PostgresServer(directory.resolve("postgres"));
      s3 = EmbeddedS3.start(directory.resolve("s3"), BUCKET);
      providers = new Providers(PROVIDER_DELAY);
      databaseLine = new Pipe(postgres.port());
      storeLine = new Pipe(s3.endpoint().getPort());
      journal = new Journal(acknowledgements());
      faults = new Journal(faultLog());
      WorkerCommand command =
          new WorkerCommand(
              jar,
              AgentJar.write(directory.resolve("agent.jar")),
              AgentJar.writeClock(directory.resolve("clock.jar")),
              mutant.flatMap(Mutant::defect));
      for (int i = 0; i < WORKERS; i++) {
        workers.add(new WorkerProcess("w" + i, directory.resolve("w" + i), command));
      }
      guest = new WorkerProcess("w" + WORKERS, directory.resolve("w" + WORKERS), command);
      up = true;
    } finally {
      if (!up) {
        guardian.close();
      }
    }
  }

  /** What every worker is started with. The lease is short, so that zombies come in numbers. */
  Map<String, String> settings() {
    DatabaseAddress database = postgres.address();
    Map<String, String> settings = new HashMap<>();
    settings.put("TALKMILL_API_KEY", Door.KEY);
    settings.put(
        "TALKMILL_DATABASE_URL",
        "jdbc:postgresql://127.0.0.1:%d/talkmill?ApplicationName=NAME"
            .formatted(databaseLine.port()));
    settings.put("TALKMILL_DATABASE_USERNAME", database.username());
    settings.put("TALKMILL_DATABASE_PASSWORD", database.password());
    settings.put("TALKMILL_S3_ENDPOINT", "http://127.0.0.1:" + storeLine.port());
    settings.put("TALKMILL_S3_BUCKET", BUCKET);
    settings.put("TALKMILL_S3_ACCESS_KEY_ID", s3.accessKeyId());
    settings.put("TALKMILL_S3_SECRET_ACCESS_KEY", s3.secretAccessKey());
    for (String provider : List.of("SPEECH", "SUMMARY")) {
      settings.put("TALKMILL_" + provider + "_PROVIDER", "openai");
      settings.put("TALKMILL_" + provider + "_OPENAI_BASE_URL", providers.baseUrl().toString());
      settings.put("TALKMILL_" + provider + "_OPENAI_MODEL", "chaos");
    }
    settings.put("TALKMILL_SPEECH_TIMEOUT_BASE", "10s");
    settings.put("TALKMILL_SUMMARY_TIMEOUT", "10s");
    settings.put("TALKMILL_S3_ATTEMPT_TIMEOUT", "5s");
    settings.put("TALKMILL_S3_CALL_TIMEOUT", "15s");
    settings.put("TALKMILL_LEDGER_LEASE", lease().toMillis() + "ms");
    settings.put("TALKMILL_LEDGER_DISPATCH_LEASE", "20s");
    settings.put("TALKMILL_LEDGER_SWEEP_EVERY", "1s");
    settings.put("TALKMILL_LEDGER_RETRY_BASE", "500ms");
    settings.put("TALKMILL_LEDGER_RETRY_CAP", "10s");
    settings.put("TALKMILL_LEDGER_SETTLE_FIRST", "2s");
    return Map.copyOf(settings);
  }

  Duration lease() {
    return Duration.ofSeconds(5);
  }

  List<WorkerProcess> workers() {
    return List.copyOf(workers);
  }

  List<URI> doors() {
    Stream<WorkerProcess> all = workers.stream();
    return Stream.concat(all, guestIsOpen ? Stream.of(guest) : Stream.empty())
        .map(WorkerProcess::door)
        .toList();
  }

  /** One more worker, which is not there all the time. */
  WorkerProcess guest() {
    return guest;
  }

  /** Whether clients knock at the guest's door, too. */
  void openGuest(boolean open) {
    guestIsOpen = open;
  }

  PostgresServer postgres() {
    return postgres;
  }

  EmbeddedS3 s3() {
    return s3;
  }

  /** Between the workers and PostgreSQL; what the run and the checker ask goes past it. */
  Pipe databaseLine() {
    return databaseLine;
  }

  /** Between the workers, and clients that upload, and the object store. */
  Pipe storeLine() {
    return storeLine;
  }

  Providers providers() {
    return providers;
  }

  /** Java processes that workers have started and that have outlived them. */
  List<String> orphans() {
    return Guardian.working(directory);
  }

  Journal journal() {
    return journal;
  }

  Path acknowledgements() {
    return directory.resolve("acknowledged.log");
  }

  Path faultLog() {
    return directory.resolve("faults.log");
  }

  /** Notes a fault when it has been made. */
  void fault(FaultKind kind, String detail) {
    faults.add(new Entry.Fault(CLOCK.millis(), kind, detail));
    say("%s %s".formatted(kind, detail));
  }

  /** Notes how long it took until all went on. */
  void recovered(FaultKind kind, long millis) {
    faults.add(new Entry.Recovered(CLOCK.millis(), kind, millis));
    say("%s is over for %.1f s".formatted(kind, millis / 1_000.0));
  }

  /** Notes what the providers would charge for since the last bill. */
  void bill(String phase) {
    Providers.Bill bill = providers.bill();
    faults.add(new Entry.Bill(CLOCK.millis(), phase, bill.calls(), bill.answered(), bill.needed()));
  }

  synchronized void say(String line) {
    out.printf("%6.1f %s%n", (System.nanoTime() - started) / 1e9, line);
  }

  @Override
  public void close() {
    try {
      Stream.concat(workers.stream(), Stream.of(guest))
          .filter(WorkerProcess::isAlive)
          .forEach(WorkerProcess::kill);
      providers.close();
      databaseLine.close();
      storeLine.close();
      s3.close();
      postgres.close();
      journal.close();
      faults.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      guardian.close();
    }
  }
}
