package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything that clients get wrong has a clear answer with a stable code. */
class BadInputTest {

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

  @Test
  void anEmptyBodyIsRefusedAndOneByteIsTaken() throws IOException {
    String id = home.conversation();
    home.client().chunk(id, new byte[0]).problem(400, "empty_body");
    home.say(id, " \n\t").problem(400, "empty_body");
    home.say(id, "\0\0").problem(400, "empty_body");
    Answer one = home.client().chunk(id, new byte[] {7}, "Content-Type", "audio/webm").expect(202);
    assertThat(one.json().get("bytes").asLong()).isEqualTo(1);
    assertThat(one.text("source")).isEqualTo("PORTAL_AUDIO");
    nothingIsLeftInScratch();
  }

  @Test
  void theTypeThatIsDeclaredDecidesNothingButTextAndForms() {
    String id = home.conversation();
    byte[] body = {1, 2, 3};
    for (String type : new String[] {"application/json", "video/webm", "*/*", "no type at all"}) {
      home.client().chunk(id, body, "Content-Type", type).expect(202);
    }
    home.client()
        .chunk(id, body, "Content-Type", "multipart/form-data; boundary=x")
        .problem(415, "unsupported_media_type");
    home.client()
        .chunk(id, body, "Content-Type", "text/plain; charset=klingon")
        .problem(415, "unsupported_media_type");
    home.client()
        .chunk(id, body, "Content-Encoding", "gzip")
        .problem(415, "unsupported_media_type");
    home.client().chunk(id, body, "Content-Encoding", "identity").expect(202);
  }

  @Test
  void textIsReadInItsOwnCharacterSet() {
    String id = home.conversation();
    byte[] latin = "Käse".getBytes(StandardCharsets.ISO_8859_1);
    home.client().chunk(id, latin, "Content-Type", "text/plain").problem(400, "invalid_text");
    home.client().chunk(id, latin, "Content-Type", "text/plain; charset=iso-8859-1").expect(202);
    home.say(id, "nul \0 and 🎙️ and \uFEFF").expect(202);
    assertThat(home.get(id, "/transcript?format=txt").expect(200).body())
        .isEqualTo("Käse\nnul  and 🎙️ and \uFEFF\n");
  }

  @Test
  void aChunkThatIsTooLargeIsToldWhereToGo() throws IOException {
    String id = home.conversation();
    byte[] large = new byte[Door.CHUNK_BYTES_MAX + 1];
    Answer declared = home.client().chunk(id, large).problem(413, "chunk_too_large");
    assertThat(declared.text("detail")).contains("/v1/conversations/" + id + "/uploads");
    Answer streamed =
        home.client()
            .send(
                home.client()
                    .request("/v1/conversations/" + id + "/chunks")
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));
    streamed.problem(413, "chunk_too_large");
    home.client().chunk(id, new byte[Door.CHUNK_BYTES_MAX]).expect(202);
    home.say(id, "x".repeat(Door.TEXT_CHARS_MAX)).expect(202);
    home.say(id, "x".repeat(Door.TEXT_CHARS_MAX + 1)).problem(413, "text_too_long");
    home.say(id, "x".repeat(5 * Door.TEXT_CHARS_MAX)).problem(413, "text_too_long");
    nothingIsLeftInScratch();
  }

  @Test
  void aRepeatedKeyGetsTheSameAnswerAndAnotherBodyIsRefused() {
    String id = home.conversation();
    byte[] body = "sound".getBytes(StandardCharsets.UTF_8);
    Answer first = home.client().chunk(id, body, "Idempotency-Key", "slice 1").expect(202);
    Answer again = home.client().chunk(id, body, "Idempotency-Key", "slice 1").expect(202);
    assertThat(again.body()).isEqualTo(first.body());
    home.client()
        .chunk(id, new byte[] {1}, "Idempotency-Key", "slice 1")
        .problem(422, "idempotency_key_reused");
    home.client()
        .chunk(id, body, "Idempotency-Key", "x".repeat(256))
        .problem(400, "invalid_header");
    assertThat(home.get(id, "").json().get("chunks").get("total").asInt()).isEqualTo(1);
  }

  @Test
  void headersOfAChunkAreChecked() {
    String id = home.conversation();
    byte[] body = {1};
    for (String bad : new String[] {"-1", "1.5", "first", "99999999999999999999"}) {
      home.client().chunk(id, body, "Chunk-Sequence", bad).problem(400, "invalid_header");
    }
    for (String bad :
        new String[] {"yesterday", "+99999-01-01T00:00:00Z", "2026-13-01T00:00:00Z"}) {
      home.client().chunk(id, body, "Chunk-Recorded-At", bad).problem(400, "invalid_header");
    }
    Answer chunk =
        home.client()
            .chunk(
                id, body, "Chunk-Sequence", "7", "Chunk-Recorded-At", "2026-11-20T09:30:00+01:00")
            .expect(202);
    assertThat(chunk.json().get("sequence").asLong()).isEqualTo(7);
  }

  @Test
  void finishingTwiceOrWithoutChunksOrTooEarlyLosesNothing() {
    String id = home.conversation();
    home.post(id, "/finish", "{}").expect(202);
    Answer second = home.post(id, "/finish", "").expect(202);
    assertThat(second.json().get("is_finished").asBoolean()).isTrue();
    home.say(id, "after the end").expect(202);
    assertThat(home.get(id, "").json().get("chunks").get("total").asInt()).isEqualTo(1);
    home.post(id, "/finish", "{\"expected_chunks\":-1}").problem(400, "invalid_field");
    home.post(id, "/finish", "{\"expected_chunks\":\"2\"}").problem(400, "invalid_field");
    home.post(id, "/finish", "{\"expected_chunks\":1.5}").problem(400, "invalid_field");
    home.post(id, "/finish", "{\"expected_chunks\":99999999999}").problem(400, "invalid_field");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'x','colour':'red'} | unknown_field",
        "{'name':'x' | malformed_json",
        "{'name':'x','name':'y'} | malformed_json",
        "{'name':'x'} {} | malformed_json",
        "not json | malformed_json",
        "null | invalid_field",
        "[] | invalid_field",
        "{'name':7} | invalid_field",
        "{'name':''} | invalid_field",
        "{'name':' '} | invalid_field",
        "{} | invalid_field",
        "{'name':'x','language':'not a language'} | invalid_field",
        "{'name':'x','key_terms':'x'} | invalid_field",
        "{'name':'x','key_terms':[null]} | invalid_field",
        "{'name':'x','anonymize':'yes'} | invalid_field",
        "{'name':'x','anonymize':1} | invalid_field",
      })
  void aBadProjectIsRefused(String json, String code) {
    home.client().post("/v1/projects", json.replace('\'', '"')).problem(400, code);
  }

  @Test
  void textsAreBoundedAndCleaned() {
    String long201 = "é".repeat(201);
    home.client()
        .post("/v1/projects", "{\"name\":\"" + long201 + "\"}")
        .problem(400, "invalid_field");
    String name = "a\\u0000b\\ud800c 🎙️";
    Answer project = home.client().post("/v1/projects", "{\"name\":\"" + name + "\"}").expect(201);
    assertThat(project.text("name")).isEqualTo("ab\uFFFDc 🎙️");
    String huge = "{\"name\":\"" + "x".repeat(JsonBodyResolver.BYTES_MAX) + "\"}";
    home.client().post("/v1/projects", huge).problem(413, "body_too_large");
    home.client()
        .send(
            home.client()
                .request("/v1/projects")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{\"name\":\"x\"}")))
        .problem(415, "unsupported_media_type");
  }

  @Test
  void whatIsNotThereIsToldApart() {
    Client client = home.client();
    UUID nobody = UUID.randomUUID();
    client.get("/v1/conversations/" + nobody).problem(404, "unknown_conversation");
    client.get("/v1/conversations/7").problem(400, "invalid_id");
    client.get("/v1/projects/" + nobody).problem(404, "unknown_project");
    client.get("/v1/nothing").problem(404, "unknown_path");
    client.get("/").problem(404, "unknown_path");
    client.get("/error").problem(404, "unknown_path");
    client.get("/v1/conversations/" + nobody + "/events").problem(404, "unknown_conversation");
    client.get("/v1/conversations/" + nobody + "/segments").problem(404, "unknown_conversation");
    client.chunk(nobody.toString(), new byte[] {1}).problem(404, "unknown_conversation");
    Answer wrong = client.call("PUT", "/v1/projects", "{}").problem(405, "method_not_allowed");
    assertThat(wrong.header("allow")).isEqualTo("POST");
    client
        .get("/v1/projects/" + home.project() + "/conversations?limit=201")
        .problem(400, "invalid_parameter");
    client
        .get("/v1/projects/" + home.project() + "/conversations?cursor=!")
        .problem(400, "invalid_cursor");
  }

  @Test
  void whateverIsAcceptedTheAnswerIsJson() {
    Answer xml =
        home.client()
            .send(
                home.client()
                    .request("/v1/projects/" + home.project())
                    .header("Accept", "application/xml"));
    assertThat(xml.expect(200).header("content-type")).isEqualTo("application/json");
    home.client()
        .send(home.client().request("/v1/projects/7").header("Accept", "text/html"))
        .problem(400, "invalid_id");
  }

  private static void nothingIsLeftInScratch() throws IOException {
    Path scratch = door.dataDir.resolve("scratch").resolve("intake");
    assertThat(Await.until(() -> files(scratch), files -> files == 0)).isZero();
  }

  private static long files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
