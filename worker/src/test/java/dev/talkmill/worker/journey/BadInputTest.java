package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Whatever is handed over, its row says what became of it, nothing loops, and the conversation ends
 * explained.
 */
@ExtendWith(OfflineWorker.class)
class BadInputTest {

  private static final int MANY = 10_000;
  private static final int HOSTS = 8;

  private static final Map<String, String> CONVERSATIONS = new HashMap<>();
  private static Client client;
  private static DataDirectory data;
  private static String project;

  private static final ExecutorService hosts = Executors.newVirtualThreadPerTaskExecutor();
  private static final List<CompletableFuture<Void>> sending = new ArrayList<>();
  private static String crowded;

  /**
   * Something bad.
   *
   * @param code of the chunk, in the ledger where its state is FAILED
   */
  record Bad(
      String what, String mediaType, byte[] bytes, String state, String code, String outcome) {

    static Bad failed(String what, String mediaType, byte[] bytes, String code) {
      return new Bad(what, mediaType, bytes, "FAILED", code, "failed");
    }

    static Bad silent(String what, String mediaType, byte[] bytes, String code) {
      return new Bad(what, mediaType, bytes, "NO_SPEECH", code, "no_speech");
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Bad> bad() {
    byte[] random = new byte[50_000];
    new Random(7).nextBytes(random);
    byte[] playlist = Samples.text("#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", 2_000);
    return Stream.of(
        Bad.silent("one byte", "audio/webm", new byte[1], "too_short"),
        Bad.failed("random bytes", "audio/webm", random, "unsupported_format"),
        Bad.failed(
            "text named webm", "audio/webm", Samples.text("Hello. ", 2_000), "unsupported_format"),
        Bad.failed("playlist named wav", "audio/wav", playlist, "unsupported_format"),
        Bad.failed(
            "mp4 without moov",
            "audio/mp4",
            Samples.withoutMoov(Samples.bytes("audio/aac.m4a")),
            "not_decodable"),
        Bad.failed(
            "headless webm alone",
            "audio/webm",
            Samples.slices(Samples.bytes("audio/browser.webm")).get(2),
            "webm_continuation"),
        Bad.failed(
            "pictures only", "video/mp4", padded("audio/picture-only.mp4"), "no_audio_track"),
        Bad.silent("no second", "audio/wav", Samples.wavOfNoSeconds(), "too_short"),
        Bad.silent("silence", "audio/wav", SpokenNumbers.wav(new byte[96_000]), "silence"),
        Bad.silent("24 h of silence", "audio/flac", Samples.silentFlac(24), "silence"));
  }

  /** Too few bytes would be the verdict otherwise; what follows the last box is nobody's. */
  private static byte[] padded(String resource) {
    byte[] bytes = Samples.bytes(resource);
    byte[] free = {0, 0, 4, 0, 'f', 'r', 'e', 'e'};
    byte[] padded = java.util.Arrays.copyOf(bytes, bytes.length + 1_024);
    System.arraycopy(free, 0, padded, bytes.length, free.length);
    return padded;
  }

  @BeforeAll
  static void sendAll(WorkerUnderTest worker) {
    client = worker.client();
    data = worker.data();
    project = client.project();
    for (Bad bad : bad().toList()) {
      String conversation = client.conversation(project);
      client.send(conversation, bad.mediaType(), bad.bytes());
      client.finish(conversation);
      CONVERSATIONS.put(bad.what(), conversation);
    }
    crowded = client.conversation(project);
    for (int host = 0; host < HOSTS; host++) {
      int first = host;
      sending.add(CompletableFuture.runAsync(() -> sendLines(first), hosts));
    }
  }

  /** While the other tests go on. */
  private static void sendLines(int first) {
    for (int place = first; place < MANY; place += HOSTS) {
      client.send(crowded, place, "text/plain", line(place));
    }
  }

  @AfterAll
  static void close() {
    hosts.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badInputHasItsCodeAndItsConversationEnds(Bad bad) {
    String conversation = CONVERSATIONS.get(bad.what());
    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("outcome").asString()).isEqualTo(bad.outcome());
    assertThat(settled.get("summary").isNull()).isTrue();
    assertThat(chunk(conversation)).containsExactly(bad.state() + " " + bad.code());
    List<Client.Row> failed =
        client.rows(conversation).stream().filter(row -> row.state().equals("FAILED")).toList();
    if (bad.state().equals("FAILED")) {
      assertThat(failed).extracting(Client.Row::errorCode).containsExactly(bad.code());
      assertThat(settled.get("gaps").get(0).get("cause").asString()).isEqualTo(bad.code());
    } else {
      assertThat(failed).isEmpty();
    }
    assertThat(client.rows(conversation)).allMatch(row -> row.attempts() == 1);
    assertThat(data.objects("c/" + conversation + "/")).hasSize(1);
    assertThat(client.text(conversation)).isEmpty();
  }

  private static List<String> chunk(String conversation) {
    return data.ask(
        "SELECT concat_ws(' ', state, code) FROM conversation_chunk"
            + " WHERE conversation_id = CAST(? AS uuid) ORDER BY ordinal",
        conversation);
  }

  @Test
  void aTruncatedRecordingIsTranscribedAsFarAsItGoesAndTheRestIsAGap() {
    String conversation = client.conversation(project);
    client.send(conversation, "audio/webm", Samples.half("audio/finished.webm"));
    client.finish(conversation);
    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("outcome").asString()).isEqualTo("partial");
    assertThat(settled.get("gaps").get(0).get("cause").asString()).isEqualTo("truncated");
    assertThat(settled.get("audio_seconds_transcribed").asDouble()).isBetween(1.0, 5.0);
    assertThat(client.text(conversation)).containsIgnoringCase("thank you");
  }

  @Test
  void aWrongContentTypeDoesNoHarm() {
    String conversation = client.conversation(project);
    client.send(conversation, "application/json", Samples.bytes("audio/browser.webm"));
    client.finish(conversation);
    assertThat(client.settled(conversation).get("outcome").asString()).isEqualTo("ok");
    assertThat(client.text(conversation)).containsIgnoringCase("thank you");
  }

  @Test
  void slicesWithoutAHeadAreHeardWithTheHeadOfTheFirst() {
    String conversation = client.conversation(project);
    List<byte[]> slices = Samples.slices(Samples.bytes("audio/browser.webm"));
    for (int place = 0; place < slices.size(); place++) {
      client.send(conversation, place, "audio/webm", slices.get(place));
    }
    client.finish(conversation, slices.size());
    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("chunks").get("failed").asInt()).isZero();
    assertThat(settled.get("gaps")).isEmpty();
    assertThat(settled.get("audio_seconds_transcribed").asDouble()).isBetween(5.5, 6.5);
  }

  @Test
  void aSliceThatOvertakesTheFirstIsHeardOnceTheFirstIsThere() {
    String conversation = client.conversation(project);
    List<byte[]> slices = Samples.slices(Samples.bytes("audio/browser.webm"));
    client.send(conversation, 1, "audio/webm", slices.get(1));
    client.finish(conversation);
    assertThat(client.settled(conversation).get("outcome").asString()).isEqualTo("failed");
    client.send(conversation, 0, "audio/webm", slices.get(0));
    JsonNode settled =
        client.awaited(
            conversation, seen -> seen.get("audio_seconds_transcribed").asDouble() > 1.5);
    assertThat(settled.get("chunks").get("failed").asInt()).isZero();
    assertThat(settled.get("gaps")).isEmpty();
  }

  @Test
  void aConversationWithoutChunksEndsEmpty() {
    String conversation = client.conversation(project);
    client.finish(conversation);
    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("outcome").asString()).isEqualTo("empty");
    assertThat(settled.get("summary").isNull()).isTrue();
    assertThat(client.rows(conversation, "SUMMARIZE")).isEmpty();
  }

  @Test
  void aSecondFinishChangesNothing() {
    String conversation = client.conversation(project);
    client.write(conversation, "The ferry leaves at nine.");
    client.finish(conversation);
    JsonNode settled = client.settled(conversation);
    client.finish(conversation);
    assertThat(client.see(conversation)).isEqualTo(settled);
  }

  @Test
  void aChunkAfterTheFinishLeadsToANewTranscriptAndSummary() {
    String conversation = client.conversation(project);
    client.write(conversation, "The ferry leaves at nine.");
    client.finish(conversation);
    long before = client.settled(conversation).get("generation").asLong();
    client.write(conversation, "It is late.");
    JsonNode settled =
        client.awaited(conversation, seen -> seen.get("generation").asLong() > before);
    assertThat(settled.get("outcome").asString()).isEqualTo("ok");
    assertThat(settled.get("is_finished").asBoolean()).isTrue();
    assertThat(settled.get("summary_generation")).isEqualTo(settled.get("generation"));
    assertThat(Client.texts(client.transcript(conversation)))
        .containsExactly("The ferry leaves at nine.", "It is late.");
  }

  @Test
  void nulAndEmojiAreNoObstacle() {
    String conversation = client.conversation(project);
    client.write(conversation, "A\0 boat ⛵ with a sm\\u0000all sail.");
    client.finish(conversation);
    assertThat(client.settled(conversation).get("outcome").asString()).isEqualTo("ok");
    assertThat(client.text(conversation)).isEqualTo("A boat ⛵ with a sm\\u0000all sail.");
  }

  @Test
  void tenThousandChunksAreOneConversation() throws Exception {
    for (CompletableFuture<Void> sent : sending) {
      sent.get(10, TimeUnit.MINUTES);
    }
    client.finish(crowded, MANY);
    JsonNode settled = client.settled(crowded);
    assertThat(settled.get("outcome").asString()).isEqualTo("ok");
    assertThat(settled.get("summary").asString()).isNotBlank();
    assertThat(settled.get("chunks").get("transcribed").asInt()).isEqualTo(MANY);
    assertThat(Client.texts(client.transcript(crowded)))
        .containsExactlyElementsOf(
            IntStream.range(0, MANY)
                .mapToObj(place -> new String(line(place), StandardCharsets.UTF_8))
                .toList());
  }

  private static byte[] line(int place) {
    return "Boat number %d has come in.".formatted(place).getBytes(StandardCharsets.UTF_8);
  }
}
