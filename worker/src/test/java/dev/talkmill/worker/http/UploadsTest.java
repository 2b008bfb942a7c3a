package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.sweep.ExpireUploads;
import dev.talkmill.pipeline.store.ObjectKeys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class UploadsTest {

  private static final long PART = 64L << 20;

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

  private static Answer begin(String conversation, long bytes) {
    return home.post(
            conversation,
            "/uploads",
            "{\"bytes\":%d,\"media_type\":\"audio/mp4\",\"sequence\":3}".formatted(bytes))
        .expect(201);
  }

  private static void put(JsonNode part) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(part.get("url").asString()))
              .PUT(BodyPublishers.ofByteArray(new byte[part.get("bytes").asInt()]))
              .build();
      assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }
  }

  private static Answer complete(String upload) {
    return home.client().post("/v1/uploads/" + upload + "/complete", "");
  }

  @Test
  void aLargeFileGoesInPartsAndBecomesOneChunk() throws Exception {
    String id = home.conversation();
    long bytes = PART + 1000;
    Answer upload = begin(id, bytes);
    assertThat(upload.names()).containsExactlyInAnyOrder("id", "expires_at", "parts");
    JsonNode parts = upload.json().get("parts");
    assertThat(parts.size()).isEqualTo(2);
    assertThat(Answer.names(parts.get(0)))
        .containsExactlyInAnyOrder("number", "url", "first_byte", "bytes");
    assertThat(parts.get(1).get("first_byte").asLong()).isEqualTo(PART);
    assertThat(parts.get(1).get("bytes").asLong()).isEqualTo(1000);
    put(parts.get(1));
    put(parts.get(0));

    Answer chunk = complete(upload.text("id")).expect(202);
    assertThat(chunk.text("source")).isEqualTo("DASHBOARD_UPLOAD");
    assertThat(chunk.json().get("bytes").asLong()).isEqualTo(bytes);
    assertThat(chunk.json().get("sequence").asLong()).isEqualTo(3);
    assertThat(chunk.json().get("sha256").isNull()).isTrue();
    assertThat(complete(upload.text("id")).expect(202).body()).isEqualTo(chunk.body());
    JsonNode row = home.get(id, "/processing-status").json().get("items").get(0);
    assertThat(row.get("stage").asString()).isEqualTo("PREPARE");
  }

  @RepeatedTest(10)
  void confirmingManyTimesAtOnceMakesOneChunk() throws Exception {
    String id = home.conversation();
    Answer upload = begin(id, 2000);
    put(upload.json().get("parts").get(0));
    List<Callable<Answer>> confirmations =
        Collections.nCopies(8, () -> complete(upload.text("id")));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> chunks = new ArrayList<>();
      for (Future<Answer> answer : threads.invokeAll(confirmations)) {
        chunks.add(answer.get().expect(202).text("id"));
      }
      assertThat(chunks).containsOnly(chunks.getFirst());
    }
    assertThat(home.get(id, "").json().get("chunks").get("total").asInt()).isEqualTo(1);
  }

  @Test
  void whatHasNotArrivedIsNotConfirmed() {
    String id = home.conversation();
    Answer upload = begin(id, 2000);
    complete(upload.text("id")).problem(409, "upload_incomplete");
    complete(UUID.randomUUID().toString()).problem(404, "unknown_upload");
    assertThat(home.get(id, "").json().get("chunks").get("total").asInt()).isZero();
  }

  @Test
  void aFileOfAnotherLengthThanAnnouncedIsNotConfirmed() throws Exception {
    String id = home.conversation();
    Answer upload = begin(id, PART + 1000);
    put(upload.json().get("parts").get(0));
    Answer refused = complete(upload.text("id")).problem(409, "upload_incomplete");
    assertThat(refused.text("detail")).contains(PART + " of " + (PART + 1000) + " bytes");
    complete(upload.text("id")).problem(409, "upload_incomplete");
  }

  @Test
  void aBadAnnouncementIsRefused() {
    String id = home.conversation();
    home.post(id, "/uploads", "{}").problem(400, "invalid_field");
    home.post(id, "/uploads", "{\"bytes\":0}").problem(400, "invalid_field");
    home.post(id, "/uploads", "{\"bytes\":1,\"key\":\"t/x\"}").problem(400, "unknown_field");
    home.post(id, "/uploads", "{\"bytes\":1,\"media_type\":\"x\"}").problem(400, "invalid_field");
    home.post(id, "/uploads", "{\"bytes\":1,\"recorded_at\":\"x\"}").problem(400, "invalid_field");
    home.post(id, "/uploads", "{\"bytes\":3000000000}").problem(413, "upload_too_large");
    home.post(UUID.randomUUID().toString(), "/uploads", "{\"bytes\":1}")
        .problem(404, "unknown_conversation");
  }

  @Test
  void theSweepRemovesWhatWasNeverConfirmed() throws Exception {
    String id = home.conversation();
    Answer begun = begin(id, 2000);
    Answer joined = begin(id, PART + 1000);
    put(joined.json().get("parts").get(0));
    complete(joined.text("id")).problem(409, "upload_incomplete");
    Answer fresh = begin(id, 1000);
    put(fresh.json().get("parts").get(0));
    ExpireUploads sweep = new ExpireUploads(door.core.database(), door.store);
    assertThat(sweep.runOnce()).isZero();
    expire(begun.text("id"));
    expire(joined.text("id"));
    String key =
        ObjectKeys.upload(home.tenant(), UUID.fromString(id), UUID.fromString(joined.text("id")));
    assertThat(door.store.head(key)).isPresent();

    assertThat(sweep.runOnce()).isEqualTo(2);

    assertThat(door.store.head(key)).isEmpty();
    assertThat(sweep.runOnce()).isZero();
    complete(begun.text("id")).problem(409, "upload_expired");
    complete(fresh.text("id")).expect(202);
  }

  @Test
  void erasingAChunkErasesTheFileThatWasUploadedForIt() throws Exception {
    String id = home.conversation();
    Answer upload = begin(id, 1000);
    put(upload.json().get("parts").get(0));
    String chunk = complete(upload.text("id")).expect(202).text("id");

    home.client().delete("/v1/conversations/" + id + "/chunks/" + chunk).expect(202);

    String key =
        ObjectKeys.upload(home.tenant(), UUID.fromString(id), UUID.fromString(upload.text("id")));
    String prefixes =
        door.core
            .database()
            .inTenant(
                home.tenant(),
                () ->
                    door.core
                        .database()
                        .sql()
                        .sql(
                            "SELECT array_to_string(prefixes, ' ') FROM tombstone"
                                + " WHERE chunk_id = ?::uuid")
                        .params(chunk)
                        .query(String.class)
                        .single());
    assertThat(prefixes.split(" ")).contains(key);
    complete(upload.text("id")).problem(404, "unknown_upload");
  }

  @Test
  void anUploadOfAnErasedConversationIsGone() throws Exception {
    String id = home.conversation();
    Answer upload = begin(id, 1000);
    put(upload.json().get("parts").get(0));
    home.client().delete("/v1/conversations/" + id).expect(202);
    complete(upload.text("id")).problem(404, "unknown_upload");
  }

  private static void expire(String upload) {
    door.core
        .database()
        .inTenant(
            home.tenant(),
            () ->
                door.core
                    .database()
                    .sql()
                    .sql(
                        "UPDATE upload SET expires_at = clock_timestamp() - interval '1 s'"
                            + " WHERE id = ?::uuid")
                    .params(upload)
                    .update());
  }
}
