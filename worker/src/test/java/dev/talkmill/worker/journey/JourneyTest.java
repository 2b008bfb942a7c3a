package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.worker.audio.ChildDecoder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The bundled sample and its like, from the first byte to the erasure, with nothing but offline.
 */
@ExtendWith(OfflineWorker.class)
class JourneyTest {

  private static final double RIGHT_WORDS_SHARE = 0.8;

  private static Client client;
  private static DataDirectory data;
  private static String project;
  private static String sample;
  private static final Properties SAID = new Properties();
  private static JsonNode settled;

  @TempDir Path directory;

  @BeforeAll
  static void playTheSample(WorkerUnderTest worker) throws IOException {
    client = worker.client();
    data = worker.data();
    project = client.project();
    sample = client.conversation(project);
    SAID.load(
        new StringReader(
            new String(Samples.bytes("demo/sample.properties"), StandardCharsets.UTF_8)));
    for (int chunk = 1; chunk <= chunks(); chunk++) {
      String file = SAID.getProperty("chunk." + chunk + ".file");
      String mediaType = SAID.getProperty("chunk." + chunk + ".type");
      client.send(sample, chunk, mediaType, Samples.bytes("demo/" + file));
    }
    client.finish(sample, chunks());
    settled = client.settled(sample);
  }

  private static int chunks() {
    int chunks = 0;
    while (SAID.containsKey("chunk." + (chunks + 1) + ".file")) {
      chunks++;
    }
    return chunks;
  }

  private static List<String> said() {
    List<String> words = new ArrayList<>();
    for (int chunk = 1; chunk <= chunks(); chunk++) {
      words.addAll(
          words(SAID.getProperty("words." + SAID.getProperty("chunk." + chunk + ".file"))));
    }
    return words;
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z']+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** Length of the longest sequence of words that both have, in order. */
  private static int common(List<String> said, List<String> heard) {
    int[][] longest = new int[said.size() + 1][heard.size() + 1];
    for (int i = 0; i < said.size(); i++) {
      for (int j = 0; j < heard.size(); j++) {
        longest[i + 1][j + 1] =
            said.get(i).equals(heard.get(j))
                ? longest[i][j] + 1
                : Math.max(longest[i][j + 1], longest[i + 1][j]);
      }
    }
    return longest[said.size()][heard.size()];
  }

  @Test
  void whatWasSaidIsMostlyUnderstood() {
    List<String> said = said();
    List<String> heard = words(client.text(sample));
    assertThat(common(said, heard) / (double) said.size()).isGreaterThan(RIGHT_WORDS_SHARE);
    assertThat(heard.size()).isLessThan((int) (said.size() / RIGHT_WORDS_SHARE));
  }

  @Test
  void theConversationIsSettledWithASummaryAndATitle() {
    assertThat(settled.get("outcome").asString()).isEqualTo("ok");
    assertThat(settled.get("summary").asString()).isNotBlank();
    assertThat(settled.get("title").asString()).isNotBlank();
    assertThat(settled.get("gaps")).isEmpty();
    assertThat(settled.get("is_all_chunks_transcribed").asBoolean()).isTrue();
    assertThat(settled.get("chunks").get("transcribed").asInt()).isEqualTo(chunks());
    assertThat(settled.get("audio_seconds_received").asDouble()).isGreaterThan(30);
    assertThat(settled.get("audio_seconds_transcribed").asDouble())
        .isCloseTo(settled.get("audio_seconds_received").asDouble(), within(0.01));
  }

  @Test
  void theTranscriptComesInFiveForms() {
    String path = "/v1/conversations/" + sample + "/transcript?format=";
    for (String format : List.of("json", "txt", "srt", "vtt", "md")) {
      // Subtitles break their lines.
      String form = client.get(path + format).expect(200).body().replaceAll("\\s+", " ");
      assertThat(form).as(format).contains("apple trees", "small place for flowers.");
    }
    assertThat(client.get(path + "vtt").body()).startsWith("WEBVTT").contains(" --> ");
    assertThat(client.get(path + "srt").body())
        .startsWith("1")
        .contains("00:00:0")
        .contains(" --> ");
    assertThat(client.get(path + "md").body()).contains(settled.get("title").asString());
  }

  @Test
  void segmentsAreInOrderOnOneTimeline() {
    JsonNode segments =
        client.get("/v1/conversations/" + sample + "/segments?limit=100").expect(200).json();
    double earliest = 0;
    List<String> chunkIds = new ArrayList<>();
    for (JsonNode segment : segments.get("items")) {
      assertThat(segment.get("start").asDouble()).isGreaterThanOrEqualTo(earliest);
      earliest = segment.get("start").asDouble();
      assertThat(segment.get("chunk_ids").size()).isEqualTo(1);
      chunkIds.add(segment.get("chunk_ids").get(0).asString());
    }
    assertThat(earliest).isGreaterThan(30);
    assertThat(chunkIds.stream().distinct()).hasSize(chunks());
  }

  @Test
  void everyStageHasItsRow() {
    List<String> rows = client.rows(sample).stream().map(row -> row.stage()).sorted().toList();
    int audio = chunks() - 1;
    assertThat(rows).filteredOn("STORE"::equals).hasSize(audio);
    assertThat(rows).filteredOn("PREPARE"::equals).hasSize(audio);
    assertThat(rows).filteredOn("TRANSCRIBE"::equals).hasSize(chunks());
    assertThat(rows).contains("AGGREGATE", "SUMMARIZE");
    assertThat(client.rows(sample)).allMatch(row -> row.state().equals("COMPLETED"));
    assertThat(data.objects("c/" + sample + "/k/")).hasSize(audio);
    assertThat(data.count("SELECT count(*) FROM chunk_spool")).isZero();
  }

  @Test
  void oneFilePlaysAllOfIt() throws IOException {
    byte[] ogg = client.get("/v1/conversations/" + sample + "/audio").expect(200).bytes();
    assertThat(new String(ogg, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("OggS");
    AudioSettings settings =
        new AudioSettings(
            1,
            Duration.ofMinutes(10),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofSeconds(60));
    DecodedAudio audio =
        new ChildDecoder(settings, directory.resolve("scratch"))
            .decode(Files.write(directory.resolve("played.ogg"), ogg), directory.resolve("wav"));
    assertThat(audio.seconds())
        .isCloseTo(settled.get("audio_seconds_received").asDouble(), within(0.5));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void eventsTellTheWholeStoryAndGoOnFromWhereAReaderWas() throws IOException {
    List<String> all = eventsUntilSummarized("");
    long completed = all.stream().filter("event: stage.completed"::equals).count();
    assertThat(completed).isGreaterThanOrEqualTo(client.rows(sample).size());
    assertThat(all)
        .contains("event: stage.scheduled", "event: stage.queued", "event: stage.started");
    List<String> ids = all.stream().filter(line -> line.startsWith("id:")).toList();
    String middle = ids.get(ids.size() / 2);
    List<String> rest = eventsUntilSummarized(middle.substring(3).strip());
    assertThat(rest.stream().filter(line -> line.startsWith("id:")))
        .containsExactlyElementsOf(ids.subList(ids.size() / 2 + 1, ids.size()));
  }

  private static List<String> eventsUntilSummarized(String lastEventId) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<String> stream = client.events(sample, lastEventId)) {
      var each = stream.iterator();
      boolean summarized = false;
      while (!summarized) {
        String line = each.next();
        lines.add(line);
        summarized =
            line.startsWith("data:")
                && lines.contains("event: stage.completed")
                && line.contains("\"SUMMARIZE\"")
                && line.contains("\"COMPLETED\"");
      }
    }
    return lines;
  }

  @Test
  void aConversationIsRecognisedAgainAsASecondVersion() {
    String conversation = client.conversation(project);
    client.send(conversation, "audio/wav", Samples.bytes("speech/meeting.wav"));
    client.finish(conversation);
    client.settled(conversation);
    String first = client.text(conversation);

    client.post("/v1/conversations/" + conversation + "/retranscribe", Map.of()).expect(202);

    client.awaited(
        conversation, any -> client.transcript(conversation).get("version").asLong() == 2);
    assertThat(client.text(conversation)).isEqualTo(first).isNotBlank();
    assertThat(
            client
                .get("/v1/conversations/" + conversation + "/transcript?version=1&format=json")
                .expect(200)
                .text("text"))
        .isEqualTo(first);
    assertThat(client.rows(conversation, "TRANSCRIBE")).hasSize(2);
    assertThat(data.objects("c/" + conversation + "/k/")).hasSize(1);
  }

  @Test
  void anErasedChunkIsGoneFromTranscriptAndStoreAndTheRestStays() {
    String conversation = client.conversation(project);
    String spoken = client.send(conversation, "audio/wav", Samples.bytes("speech/meeting.wav"));
    client.write(conversation, "The harbour is closed on Sunday.");
    client.finish(conversation, 2);
    client.settled(conversation);
    assertThat(Client.texts(client.transcript(conversation))).hasSizeGreaterThan(1);

    client.delete("/v1/conversations/" + conversation + "/chunks/" + spoken).expect(202);

    JsonNode after =
        client.awaited(conversation, seen -> seen.get("chunks").get("total").asInt() == 1);
    assertThat(after.get("outcome").asString()).isEqualTo("ok");
    assertThat(after.get("summary").asString()).isEqualTo("The harbour is closed on Sunday.");
    assertThat(client.text(conversation)).isEqualTo("The harbour is closed on Sunday.");
    assertErased(conversation, "c/" + conversation + "/k/" + spoken);
    client.get("/v1/conversations/" + conversation + "/transcript?version=1").expect(404);
  }

  private static void assertErased(String conversation, String prefix) {
    dev.talkmill.jobs.testing.Await.until(
        () ->
            data.ask(
                "SELECT state FROM processing_status WHERE stage = 'ERASE'"
                    + " AND conversation_id = CAST(? AS uuid)",
                conversation),
        states -> states.equals(List.of("COMPLETED")));
    assertThat(data.objects(prefix)).isEmpty();
  }

  @Test
  void anErasedConversationLeavesNothingButTheFactOfIt() {
    String conversation = client.conversation(project);
    client.send(conversation, "audio/wav", Samples.bytes("speech/meeting.wav"));
    client.write(conversation, "This was never said.");
    client.finish(conversation);
    client.settled(conversation);
    client.get("/v1/conversations/" + conversation + "/audio").expect(200);
    assertThat(data.objects("c/" + conversation + "/")).hasSize(2);

    client.delete("/v1/conversations/" + conversation).expect(202);

    client.get("/v1/conversations/" + conversation).expect(404);
    assertErased(conversation, "c/" + conversation + "/");
    assertThat(data.tablesOfConversations()).hasSizeGreaterThan(8);
    for (String table : data.tablesOfConversations()) {
      String others =
          switch (table) {
            case "tombstone" -> "erased_at IS NULL";
            case "processing_status" -> "stage <> 'ERASE'";
            case "processing_event" -> "data ->> 'stage' <> 'ERASE'";
            default -> "true";
          };
      assertThat(
              data.count(
                  "SELECT count(*) FROM "
                      + table
                      + " WHERE conversation_id = CAST(? AS uuid) AND "
                      + others,
                  conversation))
          .as(table)
          .isZero();
    }
    assertThat(
            data.count(
                "SELECT count(*) FROM conversation WHERE id = CAST(? AS uuid)", conversation))
        .isZero();
    assertThat(
            data.ask(
                "SELECT action FROM audit_log WHERE subject_id = CAST(? AS uuid) ORDER BY id",
                conversation))
        .containsExactly("conversation.erase", "objects.erased");
  }
}
