package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A host of conversations: what it asks of the door, one try a request. */
record Client(URI door, String key) {

  static final Duration SETTLED = Duration.ofMinutes(10);

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(30))
          .build();

  /** What the door answered. */
  record Answer(int status, byte[] bytes) {

    Answer expect(int wanted) {
      assertThat(status).as(body()).isEqualTo(wanted);
      return this;
    }

    String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    JsonNode json() {
      return JSON.readTree(bytes);
    }

    String text(String field) {
      return json().get(field).asString();
    }
  }

  /** A row of the ledger as readers see it. */
  record Row(
      String id,
      String stage,
      String subject,
      String state,
      String outcome,
      String errorCode,
      int attempts) {

    static Row of(JsonNode row) {
      return new Row(
          row.get("id").asString(),
          row.get("stage").asString(),
          row.get("subject_id").asString(),
          row.get("state").asString(),
          row.get("outcome").asString(""),
          row.get("error_code").asString(""),
          row.get("attempts").asInt());
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(door + path))
        .timeout(Duration.ofMinutes(2))
        .header("Authorization", "Bearer " + key);
  }

  /** Sends a request; breaks off where the worker does. */
  Answer sendOnce(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<byte[]> answer = HTTP.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      return sendOnce(request);
    } catch (IOException e) {
      throw new UncheckedIOException("no answer came", e);
    }
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  Answer post(String path, Map<String, ?> body) {
    return send(posting(path, body));
  }

  HttpRequest.Builder posting(String path, Map<String, ?> body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
  }

  HttpRequest.Builder chunk(
      String conversation, long sequence, String mediaType, byte[] body, String idempotencyKey) {
    return request("/v1/conversations/" + conversation + "/chunks")
        .header("Content-Type", mediaType)
        .header("Chunk-Sequence", Long.toString(sequence))
        .header("Idempotency-Key", idempotencyKey)
        .POST(BodyPublishers.ofByteArray(body));
  }

  String project() {
    return post("/v1/projects", Map.of("name", "Harbour", "language", "en")).expect(201).text("id");
  }

  String conversation(String project) {
    return post("/v1/projects/" + project + "/conversations", Map.of()).expect(201).text("id");
  }

  /** Hands a chunk over in the order of acceptance; returns its id. */
  String send(String conversation, String mediaType, byte[] body) {
    return send(request("/v1/conversations/" + conversation + "/chunks")
            .header("Content-Type", mediaType)
            .POST(BodyPublishers.ofByteArray(body)))
        .expect(202)
        .text("id");
  }

  String send(String conversation, long sequence, String mediaType, byte[] body) {
    String key = conversation + "-" + sequence;
    return send(chunk(conversation, sequence, mediaType, body, key)).expect(202).text("id");
  }

  String write(String conversation, String text) {
    return send(conversation, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Puts bytes to a presigned address. */
  static void put(URI address, byte[] bytes) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address).PUT(BodyPublishers.ofByteArray(bytes)).build();
    assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  void finish(String conversation) {
    post("/v1/conversations/" + conversation + "/finish", Map.of()).expect(202);
  }

  void finish(String conversation, int expectedChunks) {
    post("/v1/conversations/" + conversation + "/finish", Map.of("expected_chunks", expectedChunks))
        .expect(202);
  }

  JsonNode see(String conversation) {
    return get("/v1/conversations/" + conversation).expect(200).json();
  }

  JsonNode settled(String conversation) {
    return awaited(conversation, any -> true);
  }

  /** Waits for a settled conversation of which something more holds. */
  JsonNode awaited(String conversation, Predicate<JsonNode> more) {
    return Await.until(
        () -> see(conversation),
        seen -> seen.get("state").asString().equals("settled") && more.test(seen),
        SETTLED);
  }

  List<Row> rows(String conversation) {
    List<Row> rows = new ArrayList<>();
    String path = "/v1/conversations/" + conversation + "/processing-status?limit=100";
    String cursor = "";
    while (cursor != null) {
      JsonNode page = get(path + cursor).expect(200).json();
      page.get("items").forEach(row -> rows.add(Row.of(row)));
      JsonNode next = page.get("next_cursor");
      cursor = next == null || next.isNull() ? null : "&cursor=" + next.asString();
    }
    return rows;
  }

  List<Row> rows(String conversation, String stage) {
    return rows(conversation).stream().filter(row -> row.stage().equals(stage)).toList();
  }

  JsonNode transcript(String conversation) {
    return get("/v1/conversations/" + conversation + "/transcript?format=json").expect(200).json();
  }

  String text(String conversation) {
    return transcript(conversation).get("text").asString();
  }

  /** Texts of a transcript's segments, in order. */
  static List<String> texts(JsonNode transcript) {
    List<String> texts = new ArrayList<>();
    transcript.get("segments").forEach(segment -> texts.add(segment.get("text").asString()));
    return texts;
  }

  /** Lines of the event stream, from the beginning or after an event; the reader closes it. */
  Stream<String> events(String conversation, String lastEventId) throws IOException {
    HttpRequest.Builder request = request("/v1/conversations/" + conversation + "/events");
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    try {
      return HTTP.send(request.build(), BodyHandlers.ofLines()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
