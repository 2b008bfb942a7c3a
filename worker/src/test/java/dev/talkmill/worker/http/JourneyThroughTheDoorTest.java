package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Shapes of every answer, over conversations that really run. */
class JourneyThroughTheDoorTest {

  @TempDir static Path directory;
  static Door door;
  static Door.Home home;

  @BeforeAll
  static void open() {
    door = Door.open(directory).withWorker();
    home = door.home();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  private static Answer settled(String conversation) {
    return Await.until(
        () -> home.get(conversation, "").expect(200),
        answer -> answer.text("state").equals("settled"));
  }

  @Test
  void aConversationGoesFromRecordingToSettledWithEveryFieldOfTheContract() {
    String id = home.conversation();
    Answer recording = home.get(id, "").expect(200);
    assertThat(recording.names())
        .containsExactlyInAnyOrder(
            "id",
            "project_id",
            "title",
            "summary",
            "state",
            "outcome",
            "is_finished",
            "is_all_chunks_transcribed",
            "generation",
            "transcript_generation",
            "summary_generation",
            "audio_seconds_received",
            "audio_seconds_transcribed",
            "gaps",
            "chunks",
            "waiting_because",
            "created_at",
            "updated_at");
    assertThat(recording.text("state")).isEqualTo("recording");
    assertThat(recording.json().get("outcome").isNull()).isTrue();
    home.get(id, "/transcript").problem(404, "transcript_not_ready");
    home.get(id, "/segments").problem(404, "transcript_not_ready");

    Answer chunk = home.say(id, "The well is dry 🌵.").expect(202);
    assertThat(chunk.names())
        .containsExactlyInAnyOrder(
            "id", "conversation_id", "sequence", "source", "bytes", "sha256");
    assertThat(chunk.text("source")).isEqualTo("PORTAL_TEXT");
    assertThat(chunk.text("conversation_id")).isEqualTo(id);
    assertThat(chunk.text("sha256")).matches("[0-9a-f]{64}");
    home.say(id, "We need rain.").expect(202);
    home.post(id, "/finish", "{\"expected_chunks\":2}").expect(202);

    Answer settled = settled(id);
    assertThat(settled.text("outcome")).isEqualTo("ok");
    assertThat(settled.text("summary")).isEqualTo("Summary of The well is dry 🌵. | We need rain.");
    assertThat(settled.text("title")).isEqualTo("A title");
    JsonNode counts = settled.json().get("chunks");
    assertThat(Answer.names(counts))
        .containsExactlyInAnyOrder("total", "open", "transcribed", "no_speech", "failed");
    assertThat(counts.get("total").asInt()).isEqualTo(2);
    assertThat(counts.get("transcribed").asInt()).isEqualTo(2);
  }

  @Test
  void aTranscriptIsProvisionalUntilItIsJoinedAndThenHasAVersion() {
    String id = home.conversation();
    home.say(id, "So far.").expect(202);
    Answer early = home.get(id, "/transcript").expect(200);
    assertThat(early.json().get("provisional").asBoolean()).isTrue();
    assertThat(early.json().get("version").asLong()).isZero();
    assertThat(early.text("text")).isEqualTo("So far.");

    home.post(id, "/finish", "").expect(202);
    settled(id);
    Answer kept = home.get(id, "/transcript?format=json").expect(200);
    assertThat(kept.names())
        .containsExactlyInAnyOrder(
            "conversation_id",
            "version",
            "generation",
            "provisional",
            "language",
            "text",
            "gaps",
            "provenance",
            "segments");
    assertThat(kept.json().get("provisional").asBoolean()).isFalse();
    assertThat(kept.json().get("version").asLong()).isEqualTo(1);
    JsonNode segment = kept.json().get("segments").get(0);
    assertThat(Answer.names(segment))
        .containsExactlyInAnyOrder(
            "start", "end", "speaker", "text", "confidence", "chunk_ids", "words");

    home.say(id, "One more.").expect(202);
    settled(id);
    assertThat(home.get(id, "/transcript").text("text")).isEqualTo("So far.\nOne more.");
    assertThat(home.get(id, "/transcript?version=1").text("text")).isEqualTo("So far.");
    home.get(id, "/transcript?version=9").problem(404, "unknown_version");
    home.get(id, "/transcript?version=x").problem(400, "invalid_parameter");
    home.get(id, "/transcript?format=doc").problem(400, "invalid_parameter");
  }

  @Test
  void aTranscriptComesInEveryForm() {
    String id = home.conversation();
    home.say(id, "Fish & <chips>.").expect(202);
    home.post(id, "/finish", "{}").expect(202);
    settled(id);

    Answer text = home.get(id, "/transcript?format=txt").expect(200);
    assertThat(text.body()).isEqualTo("Fish & <chips>.\n");
    assertThat(text.header("content-type")).isEqualToIgnoringCase("text/plain;charset=utf-8");
    assertThat(home.get(id, "/transcript?format=srt").expect(200).body())
        .startsWith("1\n00:00:00,000 --> 00:00:01,000\nFish & <chips>.\n");
    Answer vtt = home.get(id, "/transcript?format=vtt").expect(200);
    assertThat(vtt.body()).startsWith("WEBVTT\n\n00:00:00.000 --> ").contains("&lt;chips&gt;");
    assertThat(vtt.header("content-type")).isEqualToIgnoringCase("text/vtt;charset=utf-8");
    assertThat(home.get(id, "/transcript?format=md").expect(200).body())
        .startsWith("# A title\n\nSummary of Fish \\& \\<chips\\>")
        .contains("**00:00:00** Fish");
  }

  @Test
  void aLedgerRowHasEveryFieldOfTheContract() {
    String id = home.conversation();
    home.post(id, "/finish", "{}").expect(202);
    Answer settled = settled(id);
    assertThat(settled.text("outcome")).isEqualTo("empty");

    Answer rows = home.get(id, "/processing-status").expect(200);
    assertThat(rows.names()).containsExactlyInAnyOrder("items", "next_cursor");
    JsonNode row = rows.json().get("items").get(0);
    assertThat(Answer.names(row))
        .contains(
            "id",
            "stage",
            "subject_id",
            "generation",
            "state",
            "outcome",
            "cause",
            "error_code",
            "error_message",
            "attempts",
            "next_attempt_at",
            "progress",
            "started_at",
            "finished_at",
            "duration_ms");
    assertThat(row.get("subject_id").asString()).isEqualTo(id);
    String rowId = row.get("id").asString();
    home.client()
        .post("/v1/processing-status/" + rowId + "/requeue", "")
        .problem(409, "not_failed");
  }

  @Test
  void summarizeAndRetranscribeMakeEverythingAnew() {
    String id = home.conversation();
    home.say(id, "Again.").expect(202);
    home.post(id, "/finish", "{}").expect(202);
    long generation = settled(id).json().get("generation").asLong();

    Answer again = home.post(id, "/summarize", "").expect(202);
    assertThat(again.text("state")).isEqualTo("processing");
    assertThat(again.json().get("generation").asLong()).isGreaterThan(generation);
    settled(id);
    home.post(id, "/retranscribe", "{}").expect(202);
    assertThat(settled(id).text("outcome")).isEqualTo("ok");
  }
}
