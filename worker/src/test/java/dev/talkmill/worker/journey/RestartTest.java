package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.worker.embedded.EmbeddedPostgres;
import dev.talkmill.worker.speech.FakeAnswer;
import dev.talkmill.worker.speech.FakeOpenAiServer;
import dev.talkmill.worker.speech.FakeOpenAiServer.Received;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * SIGTERM: running stages get their time, the rest is handed back, and nothing is held against it.
 */
class RestartTest {

  private static final int DRAIN_SECONDS = 2;

  /** Far more than the drain and the stop of everything else take; times are not tested here. */
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(5);

  private static final int CHUNKS = 6;

  /** Decoding them takes longer than the drain. */
  private static final int SILENT_HOURS = 12;

  @TempDir Path directory;

  private final CountDownLatch speechAnswers = new CountDownLatch(1);

  private FakeAnswer recognizeOnceAllowed(Received request) {
    try {
      if (!speechAnswers.await(10, TimeUnit.MINUTES)) {
        throw new AssertionError("nobody let go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return SpokenNumbers.recognize(request);
  }

  private static Map<String, String> settings(FakeOpenAiServer speech) {
    return Map.of(
        "TALKMILL_SPEECH_PROVIDER", "openai",
        "TALKMILL_SPEECH_OPENAI_BASE_URL", speech.baseUrl().toString(),
        "TALKMILL_SPEECH_OPENAI_MODEL", "whistles",
        "TALKMILL_LEDGER_SETTLE_FIRST", "200ms",
        "TALKMILL_DRAIN", DRAIN_SECONDS + "s");
  }

  @Test
  void aStoppedWorkerHandsItsWorkBackAndTheNextOneFinishesIt() throws Exception {
    try (FakeOpenAiServer speech = FakeOpenAiServer.start();
        ServedWorker worker = new ServedWorker(directory, settings(speech))) {
      speech.transcribeWith(this::recognizeOnceAllowed);
      Client client = worker.start().client();
      String conversation = client.conversation(client.project());
      for (int place = 0; place < CHUNKS; place++) {
        SpokenNumbers spoken = new SpokenNumbers().say(place).say(place + 1_000);
        client.send(conversation, place, "audio/wav", spoken.wav());
      }
      client.finish(conversation, CHUNKS);
      String silent = client.conversation(client.project());
      client.send(silent, "audio/flac", Samples.silentFlac(SILENT_HOURS));
      client.finish(silent);
      Await.until(speech::received, calls -> calls.size() == CHUNKS);
      Await.until(
          () -> client.rows(silent, "PREPARE"),
          rows -> rows.stream().anyMatch(row -> row.state().equals("PROCESSING")));

      assertThat(worker.stop(ENDS_WITHIN)).isEqualTo(143);

      assertThat(worker.data().processes()).isEmpty();
      assertThat(rowsAtRest(worker.data()))
          .as("state, attempts and crashes")
          .hasSize(CHUNKS + 1)
          .containsOnly("PENDING 0 0");

      speechAnswers.countDown();
      worker.start();
      JsonNode settled = client.settled(conversation);
      assertThat(settled.get("outcome").asString()).isEqualTo("ok");
      assertThat(Client.texts(client.transcript(conversation)))
          .containsExactly("w0 w1000", "w1 w1001", "w2 w1002", "w3 w1003", "w4 w1004", "w5 w1005");
      assertThat(client.rows(conversation, "TRANSCRIBE"))
          .hasSize(CHUNKS)
          .allMatch(row -> row.attempts() == 1);
      assertThat(client.settled(silent).get("outcome").asString()).isEqualTo("no_speech");
      assertThat(client.rows(silent)).allMatch(row -> row.attempts() == 1);
      assertThat(worker.stop(ENDS_WITHIN)).isEqualTo(143);
      assertThat(worker.data().processes()).isEmpty();
    }
  }

  /** What is left to do, with no worker running. */
  private static List<String> rowsAtRest(DataDirectory data) {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(data.root().resolve("postgres"))) {
      assertThat(server.jdbcUrl()).isNotEmpty();
      return data.ask(
          "SELECT concat_ws(' ', state, attempts, crash_count) FROM processing_status"
              + " WHERE state <> 'COMPLETED'");
    }
  }
}
