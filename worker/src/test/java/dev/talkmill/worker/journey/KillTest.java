package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.worker.speech.FakeAnswer;
import dev.talkmill.worker.speech.FakeOpenAiServer;
import dev.talkmill.worker.speech.FakeOpenAiServer.Received;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The promise of the whole: an acknowledged chunk is transcribed once, whatever dies. */
class KillTest {

  private static final int KILLS = 10;
  private static final int CONVERSATIONS = 4;
  private static final int CHUNKS = 50;
  private static final int CHUNKS_A_LIFE = CONVERSATIONS * CHUNKS / KILLS;
  private static final long SEED = 20261120;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path directory;

  /** What the client knows: an id for every chunk that was answered 202. */
  private final Map<String, Sent> acknowledged = new ConcurrentHashMap<>();

  /** Chunks that may be sent now. */
  private final Semaphore mayFlow = new Semaphore(0);

  private record Sent(String conversation, int place, String said, boolean audio) {}

  /** A chunk to be sent. */
  private record Piece(String mediaType, byte[] body, String said) {
    boolean audio() {
      return !mediaType.startsWith("text/");
    }
  }

  private static FakeAnswer recognizeInAMoment(Received request) {
    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    return SpokenNumbers.recognize(request);
  }

  /** Mostly whistled numbers, some of them webm, every third one written. */
  private static Piece piece(int conversation, int place) {
    int number = conversation * 100 + place;
    if (place % 3 == 2) {
      String text = "Note %d says that boat %d is due at pier %d.".formatted(number, number, place);
      return new Piece("text/plain", text.getBytes(StandardCharsets.UTF_8), text);
    }
    if (place % 10 == 0) {
      return new Piece(
          "audio/webm", resource("/audio/opus.webm"), "somebody spoke for 2.0 seconds");
    }
    SpokenNumbers spoken = new SpokenNumbers();
    for (int word = 0; word < 3 + place % 7; word++) {
      spoken.say(number + 400 * word);
    }
    return new Piece("audio/wav", spoken.wav(), spoken.text());
  }

  private static byte[] resource(String name) {
    try (InputStream in = KillTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> settings(FakeOpenAiServer speech) {
    return Map.ofEntries(
        Map.entry("TALKMILL_SPEECH_PROVIDER", "openai"),
        Map.entry("TALKMILL_SPEECH_OPENAI_BASE_URL", speech.baseUrl().toString()),
        Map.entry("TALKMILL_SPEECH_OPENAI_MODEL", "whistles"),
        Map.entry("TALKMILL_INTAKE_CHUNKS_PER_MINUTE", "100000"),
        // The next start ends those of the dead at once; the living may be as slow as this.
        Map.entry("TALKMILL_LEDGER_LEASE", "10s"),
        Map.entry("TALKMILL_LEDGER_DISPATCH_LEASE", "20s"),
        Map.entry("TALKMILL_LEDGER_SWEEP_EVERY", "500ms"),
        Map.entry("TALKMILL_LEDGER_POLL", "200ms"),
        Map.entry("TALKMILL_LEDGER_RETRY_BASE", "200ms"),
        Map.entry("TALKMILL_LEDGER_SETTLE_FIRST", "200ms"),
        Map.entry("TALKMILL_LEDGER_SETTLE_MAX", "1s"));
  }

  @Test
  void whatWasAcknowledgedIsTranscribedOnceThoughTheWorkerIsKilledTenTimes() throws Exception {
    try (FakeOpenAiServer speech = FakeOpenAiServer.start();
        ServedWorker worker = new ServedWorker(directory, settings(speech));
        ExecutorService hosts = Executors.newVirtualThreadPerTaskExecutor()) {
      speech.transcribeWith(KillTest::recognizeInAMoment);
      Client client = worker.start().client();
      String project = client.project();
      List<String> conversations = new ArrayList<>();
      List<CompletableFuture<Void>> flows = new ArrayList<>();
      Random random = new Random(SEED);
      for (int life = 0; life < KILLS; life++) {
        // Half of the conversations come later, so that others end amid the kills.
        while (conversations.size() < (life < KILLS / 2 ? CONVERSATIONS / 2 : CONVERSATIONS)) {
          int number = conversations.size();
          String conversation = client.conversation(project);
          conversations.add(conversation);
          flows.add(CompletableFuture.runAsync(() -> flow(client, conversation, number), hosts));
        }
        int before = acknowledged.size();
        int until = before + 1 + random.nextInt(CHUNKS_A_LIFE - 2);
        mayFlow.release(CHUNKS_A_LIFE);
        Await.until(acknowledged::size, now -> now >= until, LIMIT);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(400)).toNanos());
        worker.kill();
        worker.start();
      }
      for (CompletableFuture<Void> flow : flows) {
        flow.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
      for (String conversation : conversations) {
        assertEverythingIsThereOnce(client, conversation);
      }
      assertNothingIsLeftOver(worker.data());
      assertThat(worker.stop(LIMIT)).isEqualTo(143);
      assertThat(worker.data().processes()).isEmpty();
    }
  }

  private void flow(Client client, String conversation, int number) {
    for (int place = 0; place < CHUNKS; place++) {
      mayFlow.acquireUninterruptibly();
      Piece piece = piece(number, place);
      String key = conversation + "-" + place;
      int sequence = place;
      Client.Answer answer =
          untilAccepted(() ->
              client.sendOnce(
                  client.chunk(conversation, sequence, piece.mediaType(), piece.body(), key)));
      Sent sent = new Sent(conversation, place, piece.said(), piece.audio());
      assertThat(acknowledged.put(answer.text("id"), sent)).isNull();
    }
    untilAccepted(() ->
        client.sendOnce(client.posting("/v1/conversations/" + conversation + "/finish", Map.of())));
  }

  private interface Try {
    Client.Answer once() throws IOException;
  }

  /** The same request again and again, until the worker has said yes. */
  private static Client.Answer untilAccepted(Try request) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      try {
        Client.Answer answer = request.once();
        if (answer.status() < 500) {
          return answer.expect(202);
        }
      } catch (IOException e) {
        // It was killed before it answered; whether it took the chunk is not known.
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    throw new AssertionError("not accepted within " + LIMIT);
  }

  private void assertEverythingIsThereOnce(Client client, String conversation) {
    JsonNode seen =
        Await.until(
            () -> client.see(conversation),
            view -> view.get("state").asString().equals("settled"),
            LIMIT);
    assertThat(client.rows(conversation)).filteredOn(row -> row.state().equals("FAILED")).isEmpty();
    assertThat(seen.get("outcome").asString()).isEqualTo("ok");
    assertThat(seen.get("summary").asString()).isNotBlank();
    assertThat(seen.get("chunks").get("transcribed").asInt()).isEqualTo(CHUNKS);
    assertThat(seen.get("chunks").get("total").asInt()).isEqualTo(CHUNKS);
    JsonNode transcript = client.transcript(conversation);
    assertThat(transcript.get("provisional").asBoolean()).isFalse();
    List<Sent> found = new ArrayList<>();
    for (JsonNode segment : transcript.get("segments")) {
      assertThat(segment.get("chunk_ids").size()).isEqualTo(1);
      Sent sent = acknowledged.get(segment.get("chunk_ids").get(0).asString());
      assertThat(sent).as("the chunk of a segment was acknowledged").isNotNull();
      assertThat(segment.get("text").asString()).isEqualTo(sent.said());
      found.add(sent);
    }
    assertThat(found)
        .extracting(Sent::place)
        .containsExactlyElementsOf(java.util.stream.IntStream.range(0, CHUNKS).boxed().toList());
    assertThat(found).extracting(Sent::conversation).containsOnly(conversation);
  }

  private void assertNothingIsLeftOver(DataDirectory data) {
    assertThat(acknowledged).hasSize(CONVERSATIONS * CHUNKS);
    assertThat(data.count("SELECT count(*) FROM conversation_chunk"))
        .isEqualTo(CONVERSATIONS * CHUNKS);
    assertThat(data.count("SELECT count(*) FROM chunk_transcript"))
        .isEqualTo(CONVERSATIONS * CHUNKS);
    assertThat(
            data.ask(
                "SELECT DISTINCT stage || ' ' || state FROM processing_status"
                    + " WHERE state NOT IN ('COMPLETED', 'CANCELLED')"))
        .isEmpty();
    assertThat(data.count("SELECT max(crash_count) FROM processing_status")).isZero();
    assertThat(data.count("SELECT count(*) FROM processing_event WHERE event = 'stage.failed'"))
        .as("rows condemned for the sake of another")
        .isZero();
    assertThat(data.count("SELECT count(*) FROM chunk_spool")).isZero();
    long audio = acknowledged.values().stream().filter(Sent::audio).count();
    assertThat(data.objects("")).hasSize((int) audio);
    // Otherwise the kills have hit nothing and the test has shown nothing.
    assertThat(data.count("SELECT count(*) FROM processing_event WHERE event = 'stage.returned'"))
        .as("rows that were healed")
        .isPositive();
  }
}
