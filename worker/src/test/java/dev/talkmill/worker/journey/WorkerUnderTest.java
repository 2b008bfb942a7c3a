package dev.talkmill.worker.journey;

import dev.talkmill.worker.cli.WorkerProcess;
import dev.talkmill.worker.embedded.Reaper;
import dev.talkmill.worker.settings.Settings;
import dev.talkmill.worker.wiring.SpringStarter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A whole worker with its embedded servers in this JVM, as {@code talkmill demo} starts one. */
record WorkerUnderTest(WorkerProcess process, Client client, DataDirectory data, Reaper reaper)
    implements AutoCloseable {

  /** Starts one with short delays; {@code settings} by their property names. */
  static WorkerUnderTest start(Path directory, Map<String, String> settings) {
    Map<String, String> given = new HashMap<>();
    given.put("talkmill.data-dir", directory.resolve("data").toString());
    given.put("talkmill.http-port", "0");
    given.put("talkmill.management-port", "0");
    given.put("talkmill.dashboard-port", "0");
    given.put("talkmill.api-key", ServedWorker.KEY);
    given.put("talkmill.intake.chunks-per-minute", "100000");
    given.put("talkmill.ledger.retry-base", "100ms");
    given.put("talkmill.ledger.retry-cap", "500ms");
    given.put("talkmill.ledger.settle-first", "100ms");
    given.put("talkmill.ledger.settle-max", "500ms");
    given.put("talkmill.ledger.sweep-every", "500ms");
    given.putAll(settings);
    Reaper reaper = Reaper.over(directory);
    WorkerProcess process = new SpringStarter().start(Settings.environment(given, null, directory));
    return new WorkerUnderTest(
        process,
        new Client(process.door(), process.adminKey()),
        new DataDirectory(process.dataDirectory()),
        reaper);
  }

  @Override
  public void close() {
    process.close();
    reaper.close();
  }
}
