package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.aggregate.Transcript;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.conversation.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Lists are whole, however long they are. */
class ListsTest {

  private static final int ROWS = 450;

  @TempDir static Path directory;
  static Door door;
  static Door.Home home;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
    home = door.home();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  private static List<JsonNode> all(String path, int limit) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = home.client().get(path + "?limit=" + limit + cursor).expect(200);
      JsonNode body = page.json();
      assertThat(body.get("items").size()).isLessThanOrEqualTo(limit);
      body.get("items").forEach(items::add);
      cursor =
          body.get("next_cursor").isNull() ? "" : "&cursor=" + body.get("next_cursor").asString();
    } while (!cursor.isEmpty());
    return items;
  }

  private static List<String> ids(List<JsonNode> items) {
    return items.stream().map(item -> item.get("id").asString()).toList();
  }

  @Test
  void everyConversationOfAProjectIsListedOnce() {
    String project =
        home.client().post("/v1/projects", "{\"name\":\"long\"}").expect(201).text("id");
    assertThat(all("/v1/projects/" + project + "/conversations", 50)).isEmpty();
    List<String> made =
        IntStream.range(0, ROWS)
            .mapToObj(any ->
                home.client()
                    .post("/v1/projects/" + project + "/conversations", "")
                    .expect(201)
                    .text("id"))
            .sorted() // Ids of one millisecond are in no order among themselves.
            .toList();
    // With 150 the last page is full, and the last one nevertheless.
    for (int limit : new int[] {7, 150, 200}) {
      assertThat(ids(all("/v1/projects/" + project + "/conversations", limit)))
          .containsExactlyElementsOf(made);
    }
  }

  @Test
  void everyLedgerRowIsListedOnce() {
    String id = home.conversation();
    for (int index = 0; index < ROWS; index++) {
      home.say(id, "text " + index).expect(202);
    }
    List<String> rows = ids(all("/v1/conversations/" + id + "/processing-status", 200));
    assertThat(rows).hasSize(ROWS);
    assertThat(new HashSet<>(rows)).hasSize(ROWS);
    assertThat(home.get(id, "").json().get("chunks").get("total").asInt()).isEqualTo(ROWS);
  }

  @Test
  void segmentsKeepTheVersionThatTheFirstPageWasOf() {
    String id = home.conversation();
    UUID conversation = UUID.fromString(id);
    String chunk = home.say(id, "x").expect(202).text("id");
    transcript(conversation, UUID.fromString(chunk), ROWS, "old ");
    Answer first = home.get(id, "/segments?limit=200").expect(200);
    transcript(conversation, UUID.fromString(chunk), 3, "new ");

    String cursor = "&cursor=" + first.text("next_cursor");
    JsonNode second = home.get(id, "/segments?limit=200" + cursor).expect(200).json();
    assertThat(second.get("items").get(0).get("text").asString()).isEqualTo("old 200");
    cursor = "&cursor=" + second.get("next_cursor").asString();
    JsonNode third = home.get(id, "/segments?limit=200" + cursor).expect(200).json();
    assertThat(third.get("items").size()).isEqualTo(ROWS - 400);
    assertThat(third.get("next_cursor").isNull()).isTrue();
    JsonNode current = home.get(id, "/segments").expect(200).json();
    assertThat(current.get("items").size()).isEqualTo(3);
    assertThat(current.get("items").get(0).get("chunk_ids").get(0).asString()).isEqualTo(chunk);
    home.get(id, "/segments?version=3").problem(404, "unknown_version");
    home.get(id, "/segments?cursor=eA").problem(400, "invalid_cursor");
  }

  @Test
  void whileEverythingIsRecognisedAgainTheVersionBeforeStands() {
    String id = home.conversation();
    String chunk = home.client().chunk(id, new byte[] {1}).expect(202).text("id");
    transcript(UUID.fromString(id), UUID.fromString(chunk), 2, "before ");
    home.get(id, "/transcript").problem(404, "transcript_not_ready");

    door.core
        .database()
        .inTenant(
            home.tenant(),
            () ->
                door.core
                    .database()
                    .sql()
                    .sql("UPDATE conversation_chunk SET revision = 2 WHERE id = ?::uuid")
                    .params(chunk)
                    .update());

    Answer standing = home.get(id, "/transcript").expect(200);
    assertThat(standing.text("text")).isEqualTo("before 0\nbefore 1");
    assertThat(standing.json().get("provisional").asBoolean()).isTrue();
    assertThat(standing.json().get("version").asLong()).isEqualTo(1);
  }

  private static void transcript(UUID conversation, UUID chunk, int segments, String prefix) {
    List<Segment> made =
        IntStream.range(0, segments)
            .mapToObj(index ->
                new Segment(index, index + 1, null, prefix + index, 0.5, List.of(chunk), List.of()))
            .toList();
    door.core
        .database()
        .inTenant(
            home.tenant(),
            () ->
                door.core
                    .transcripts()
                    .insert(
                        conversation,
                        1,
                        new Transcript("en", made, List.of(), List.of(), Outcome.OK)));
  }
}
