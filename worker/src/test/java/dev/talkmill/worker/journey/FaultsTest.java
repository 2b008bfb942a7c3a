package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.speech.FakeAnswer;
import dev.talkmill.worker.speech.FakeOpenAiServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is outside of the worker goes away and comes back, or says no; long recordings. */
class FaultsTest {

  /** Fewer than the object store's absence lasts, so that it shows whether they are burnt. */
  private static final int ATTEMPTS_MAX = 4;

  private static final int LONG_SECONDS = 11 * 60;

  @TempDir static Path directory;
  private static FakeOpenAiServer speech;
  private static EmbeddedS3 store;
  private static TcpProxy wire;
  private static WorkerUnderTest worker;
  private static Client client;
  private static String project;

  @BeforeAll
  static void open() throws IOException {
    speech = FakeOpenAiServer.start();
    speech.transcribeWith(SpokenNumbers::recognize);
    store = EmbeddedS3.start(directory.resolve("data/s3"), "talkmill");
    wire = TcpProxy.to(store.endpoint().getPort());
    worker =
        WorkerUnderTest.start(
            directory,
            Map.ofEntries(
                Map.entry("talkmill.s3.endpoint", wire.address().toString()),
                Map.entry("talkmill.s3.access-key-id", store.accessKeyId()),
                Map.entry("talkmill.s3.secret-access-key", store.secretAccessKey()),
                Map.entry("talkmill.speech.provider", "openai"),
                Map.entry("talkmill.speech.openai.base-url", speech.baseUrl().toString()),
                Map.entry("talkmill.speech.openai.model", "whistles"),
                Map.entry("talkmill.ledger.attempts-max", Integer.toString(ATTEMPTS_MAX))));
    client = worker.client();
    project = client.project();
  }

  @AfterAll
  static void close() throws IOException {
    worker.close();
    wire.close();
    store.close();
    speech.close();
  }

  private static byte[] saying(int... numbers) {
    SpokenNumbers spoken = new SpokenNumbers();
    Arrays.stream(numbers).forEach(spoken::say);
    return spoken.wav();
  }

  @Test
  void aProviderThatIsDownForAMomentIsAskedAgain() {
    String conversation = client.conversation(project);
    speech.answer(FakeAnswer.status(503)).answer(FakeAnswer.status(503));
    client.send(conversation, "audio/wav", saying(1, 2, 3));
    client.finish(conversation);
    assertThat(client.settled(conversation).get("outcome").asString()).isEqualTo("ok");
    assertThat(client.text(conversation)).isEqualTo("w1 w2 w3");
    assertThat(client.rows(conversation, "TRANSCRIBE"))
        .singleElement()
        .satisfies(row -> assertThat(row.attempts()).isEqualTo(3));
  }

  @Test
  void aRequeueThatSucceedsLaterRefreshesTheSummary() {
    String conversation = client.conversation(project);
    client.write(conversation, "Boat seven is in the harbour.");
    speech.answer(FakeAnswer.error(400, "invalid_request_error", "invalid_audio"));
    client.send(conversation, "audio/wav", saying(4, 5, 6));
    client.finish(conversation);
    JsonNode partial = client.settled(conversation);
    assertThat(partial.get("outcome").asString()).isEqualTo("partial");
    assertThat(partial.get("gaps").get(0).get("cause").asString()).isEqualTo("provider_rejected");
    assertThat(partial.get("summary").asString()).doesNotContain("w5");
    Client.Row failed = client.rows(conversation, "TRANSCRIBE").getLast();
    assertThat(failed.state()).isEqualTo("FAILED");
    assertThat(failed.errorCode()).isEqualTo("provider_rejected");

    client.post("/v1/processing-status/" + failed.id() + "/requeue", Map.of()).expect(202);

    JsonNode whole =
        client.awaited(conversation, seen -> !seen.get("outcome").asString().equals("partial"));
    assertThat(whole.get("outcome").asString()).isEqualTo("ok");
    assertThat(whole.get("gaps")).isEmpty();
    assertThat(whole.get("summary").asString()).contains("w5");
    assertThat(client.transcript(conversation).get("version").asLong()).isEqualTo(2);
  }

  @Test
  void aLongRecordingIsCutAndJoinedWithEveryWordOnce() throws Exception {
    SpokenNumbers spoken = new SpokenNumbers();
    for (int number = 0; spoken.seconds() < LONG_SECONDS; number++) {
      spoken.say(number);
      // The first half has no pause to cut in, the second one every 10 s.
      if (spoken.seconds() > LONG_SECONDS / 2.0 && number % 60 == 0) {
        spoken.pause(0.6);
      }
    }
    String conversation = client.conversation(project);
    upload(conversation, spoken.wav());
    client.finish(conversation);

    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("outcome").asString()).isEqualTo("ok");
    assertThat(settled.get("chunks").get("total").asInt()).isEqualTo(1);
    assertThat(settled.get("audio_seconds_transcribed").asDouble())
        .isBetween(LONG_SECONDS - 1.0, LONG_SECONDS + 2.0);
    List<String> heard = List.of(client.text(conversation).split("\\s+"));
    assertThat(heard).isEqualTo(spoken.words());
    assertThat(client.rows(conversation, "TRANSCRIBE")).hasSizeGreaterThan(2);
    assertThat(worker.data().objects("c/" + conversation + "/k/")).hasSizeGreaterThan(2);
  }

  /** As the command line does with a large file: presigned parts, then a confirmation, twice. */
  private static void upload(String conversation, byte[] file) throws Exception {
    JsonNode upload =
        client
            .post(
                "/v1/conversations/" + conversation + "/uploads",
                Map.of("bytes", file.length, "media_type", "audio/wav"))
            .expect(201)
            .json();
    for (JsonNode part : upload.get("parts")) {
      int first = part.get("first_byte").asInt();
      Client.put(
          URI.create(part.get("url").asString()),
          Arrays.copyOfRange(file, first, first + part.get("bytes").asInt()));
    }
    String confirm = "/v1/uploads/" + upload.get("id").asString() + "/complete";
    String chunk = client.post(confirm, Map.of()).expect(202).text("id");
    assertThat(client.post(confirm, Map.of()).expect(202).text("id")).isEqualTo(chunk);
  }

  @Test
  void chunksAreTakenWhileTheObjectStoreIsAwayAndStoredWhenItIsBack() throws IOException {
    String conversation = client.conversation(project);
    wire.cut();
    try {
      client.send(conversation, 0, "audio/wav", saying(7, 8));
      client.send(conversation, 1, "audio/wav", saying(9, 10));
      client.finish(conversation, 2);
      List<Client.Row> waiting =
          Await.until(
              () -> client.rows(conversation, "STORE"),
              rows -> rows.stream().allMatch(row -> row.attempts() > ATTEMPTS_MAX),
              Client.SETTLED);
      assertThat(waiting).extracting(Client.Row::state).doesNotContain("FAILED");
      assertThat(waiting).extracting(Client.Row::errorCode).contains("storage_unavailable");
      assertThat(worker.data().objects("c/" + conversation + "/")).isEmpty();
    } finally {
      wire.mend();
    }
    assertThat(client.settled(conversation).get("outcome").asString()).isEqualTo("ok");
    assertThat(Client.texts(client.transcript(conversation))).containsExactly("w7 w8", "w9 w10");
    assertThat(worker.data().objects("c/" + conversation + "/k/")).hasSize(2);
    assertThat(worker.data().count("SELECT count(*) FROM chunk_spool")).isZero();
  }
}
