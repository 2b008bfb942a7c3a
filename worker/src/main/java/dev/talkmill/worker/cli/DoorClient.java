package dev.talkmill.worker.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The requests of the HTTP door that the command line makes. */
final class DoorClient implements AutoCloseable {

  private static final Duration CALL = Duration.ofSeconds(30);

  /**
   * A body gets the time of a call and what it needs at this rate, the slowest worth waiting for.
   */
  private static final long BYTES_PER_SECOND_MIN = 32 * 1024;

  /** Pages of the ledger that are read of one conversation; more is not what can be shown. */
  private static final int PAGES_MAX = 1_000;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final String door;
  private final String key;
  private final DoorHttp http;

  DoorClient(URI door, String key, StopSignal stop) {
    this.door = door.toString();
    this.key = key;
    this.http = new DoorHttp(stop, JSON);
  }

  private record Created(String id) {}

  private record Page(List<StatusRow> items, @Nullable String nextCursor) {}

  /** Makes a project and returns its id. */
  String createProject(String name, String language) {
    return post("/v1/projects", Map.of("name", name, "language", language), Created.class).id();
  }

  /** Makes a conversation and returns its id. */
  String createConversation(String projectId, String participant) {
    return post(
            "/v1/projects/" + projectId + "/conversations",
            Map.of("participant_name", participant),
            Created.class)
        .id();
  }

  /**
   * Sends a chunk.
   *
   * @param body made anew for every try
   */
  void sendChunk(
      String conversationId,
      int sequence,
      String mediaType,
      long bytes,
      Supplier<BodyPublisher> body) {
    String idempotencyKey = UUID.randomUUID().toString();
    http.send(
        () ->
            toDoor("/v1/conversations/" + conversationId + "/chunks")
                .header("Content-Type", mediaType)
                .header("Chunk-Sequence", Integer.toString(sequence))
                .header("Idempotency-Key", idempotencyKey)
                .POST(body.get())
                .build(),
        limit(bytes));
  }

  /** Asks where a file that is too large for a chunk may be put. */
  UploadView beginUpload(String conversationId, long bytes, String mediaType) {
    return post(
        "/v1/conversations/" + conversationId + "/uploads",
        Map.of("bytes", bytes, "media_type", mediaType),
        UploadView.class);
  }

  /** Puts a part to its presigned address; to do so again replaces it by the same. */
  void putPart(UploadView.Part part, Supplier<BodyPublisher> body) {
    http.send(
        () -> HttpRequest.newBuilder(part.url()).PUT(body.get()).build(), limit(part.bytes()));
  }

  void completeUpload(String uploadId) {
    post("/v1/uploads/" + uploadId + "/complete", Map.of());
  }

  void finish(String conversationId, int expectedChunks) {
    post(
        "/v1/conversations/" + conversationId + "/finish",
        Map.of("expected_chunks", expectedChunks));
  }

  ConversationView conversation(String id) {
    return read(get("/v1/conversations/" + id), ConversationView.class);
  }

  /** All rows of the ledger for a conversation. */
  List<StatusRow> status(String conversationId) {
    List<StatusRow> rows = new ArrayList<>();
    String cursor = null;
    for (int pages = 0; pages < PAGES_MAX; pages++) {
      String query =
          cursor == null ? "" : "?cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      Page page =
          read(
              get("/v1/conversations/" + conversationId + "/processing-status" + query),
              Page.class);
      rows.addAll(page.items() == null ? List.of() : page.items());
      cursor = page.nextCursor();
      if (cursor == null) {
        break;
      }
    }
    return List.copyOf(rows);
  }

  /** The transcript as the door writes it, in UTF-8. */
  byte[] transcript(String conversationId, String format) {
    return get("/v1/conversations/" + conversationId + "/transcript?format=" + format);
  }

  TranscriptView transcript(String conversationId) {
    return read(transcript(conversationId, "json"), TranscriptView.class);
  }

  private byte[] get(String path) {
    return http.send(() -> toDoor(path).GET().build(), CALL).body();
  }

  private <T> T post(String path, Map<String, ?> body, Class<T> type) {
    return read(post(path, body), type);
  }

  private byte[] post(String path, Map<String, ?> body) {
    String idempotencyKey = UUID.randomUUID().toString();
    byte[] content = JSON.writeValueAsBytes(body);
    return http.send(
            () ->
                toDoor(path)
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", idempotencyKey)
                    .POST(BodyPublishers.ofByteArray(content))
                    .build(),
            CALL)
        .body();
  }

  private HttpRequest.Builder toDoor(String path) {
    return HttpRequest.newBuilder(URI.create(door + path))
        .header("Authorization", "Bearer " + key)
        .header("Accept", "application/json, */*");
  }

  private static <T> T read(byte[] answer, Class<T> type) {
    try {
      return JSON.readValue(answer, type);
    } catch (JacksonException odd) {
      throw CommandFailure.failed("The worker's answer could not be understood.", odd);
    }
  }

  private static Duration limit(long bytes) {
    return CALL.plusSeconds(bytes / BYTES_PER_SECOND_MIN);
  }

  @Override
  public void close() {
    http.close();
  }
}
