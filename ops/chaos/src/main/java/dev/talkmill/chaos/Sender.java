package dev.talkmill.chaos;

import dev.talkmill.chaos.Door.Refused;
import dev.talkmill.chaos.check.Entry;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The calls of clients of one project; each is repeated until it is answered. */
final class Sender {

  private final Door door;
  private final UUID project;
  private final Journal journal;
  private final InstantSource clock;

  Sender(Door door, UUID project, Journal journal, InstantSource clock) {
    this.door = door;
    this.project = project;
    this.journal = journal;
    this.clock = clock;
  }

  /** Makes the project; once it is there it stays as it is. */
  void makeProject() throws Refused {
    door.put("/v1/projects/" + project, Map.of("name", "Chaos", "language", "en"));
  }

  /** Begins a conversation. */
  UUID begin() throws Refused {
    return id(door.post("/v1/projects/" + project + "/conversations", Map.of()));
  }

  /** Sends one chunk through the door. */
  void send(UUID conversation, Sample sample) throws Refused {
    JsonNode taken =
        door.call(
            "/v1/conversations/" + conversation + "/chunks",
            request ->
                request
                    .header("Content-Type", sample.mediaType())
                    .header("Chunk-Sequence", Integer.toString(sample.number()))
                    .header("Idempotency-Key", "number-" + sample.number())
                    .POST(BodyPublishers.ofByteArray(sample.bytes())));
    acknowledged(conversation, taken, sample);
  }

  /** Sends one chunk past the door, by presigned addresses. */
  void upload(UUID conversation, Sample sample) throws Refused {
    byte[] wav = sample.bytes();
    JsonNode begun =
        door.post(
            "/v1/conversations/" + conversation + "/uploads",
            Map.of(
                "bytes", wav.length,
                "media_type", sample.mediaType(),
                "sequence", sample.number()));
    for (JsonNode part : begun.get("parts").values()) {
      int first = (int) part.get("first_byte").asLong();
      byte[] bytes = new byte[(int) part.get("bytes").asLong()];
      System.arraycopy(wav, first, bytes, 0, bytes.length);
      door.upload(URI.create(part.get("url").asString()), bytes);
    }
    JsonNode taken = door.post("/v1/uploads/" + id(begun) + "/complete", Map.of());
    acknowledged(conversation, taken, sample);
  }

  private void acknowledged(UUID conversation, JsonNode taken, Sample sample) {
    journal.add(
        new Entry.Chunk(
            clock.millis(),
            conversation,
            id(taken),
            sample.number(),
            sample.kind(),
            sample.sha256()));
  }

  void finish(UUID conversation, int chunks) throws Refused {
    door.post("/v1/conversations/" + conversation + "/finish", Map.of("expected_chunks", chunks));
  }

  boolean isSettled(UUID conversation) throws Refused {
    JsonNode view = door.get("/v1/conversations/" + conversation);
    return view.get("state").asString().equals("settled");
  }

  /** Where nothing was said there is none. */
  String transcript(UUID conversation) throws Refused {
    try {
      byte[] text = door.bytes("/v1/conversations/" + conversation + "/transcript?format=txt");
      return new String(text, StandardCharsets.UTF_8);
    } catch (Refused e) {
      if (!e.isUnknown()) {
        throw e;
      }
      return "";
    }
  }

  /** Where the answer to the first try was lost, the second finds no such conversation. */
  void erase(UUID id) throws Refused {
    try {
      door.delete("/v1/conversations/" + id);
    } catch (Refused e) {
      if (!e.isUnknown()) {
        throw e;
      }
    }
  }

  private static UUID id(JsonNode view) {
    return UUID.fromString(view.get("id").asString());
  }
}
