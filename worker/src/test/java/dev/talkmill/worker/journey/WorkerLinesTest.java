package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code serve} writes where a collector reads. */
class WorkerLinesTest {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir Path directory;

  @Test
  void serveSaysInFewLinesWhatItStartedAndThatItStopped() throws Exception {
    try (ServedWorker worker = new ServedWorker(directory, Map.of("TALKMILL_API_KEY", ""))) {
      worker.start();
      worker.awaitLine("Talkmill is running");
      assertThat(worker.stop(LIMIT)).isEqualTo(143);
      Path data = worker.data().root();
      assertThat(messages(worker))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("Unpacked PostgreSQL's programs into " + data),
              line ->
                  assertThat(line).isEqualTo("Made a new database in " + data + "/postgres/data"),
              line ->
                  assertThat(line)
                      .matches("PostgreSQL listens on port \\d+ and keeps its data in .*"),
              line -> assertThat(line).matches("The S3-compatible server listens on port \\d+ .*"),
              line ->
                  assertThat(line)
                      .isEqualTo(
                          "Talkmill is running: HTTP door http://localhost:%d, dashboard %s/, metrics"
                              + " http://localhost:%d/actuator/prometheus, API key %s, data %s",
                          worker.client().door().getPort(),
                          worker.dashboard(),
                          worker.management().getPort(),
                          data.resolve("api-key"),
                          data),
              line -> assertThat(line).isEqualTo("Stopping: running work gets its time to end."),
              line -> assertThat(line).isEqualTo("Stopped."));
    }
  }

  /** Every line that was written, on whichever stream, is a JSON object. */
  private static List<String> messages(ServedWorker worker) {
    return worker
        .log()
        .lines()
        .map(line -> JsonMapper.shared().readTree(line))
        .map((JsonNode line) -> line.get("message").asString())
        .toList();
  }
}
