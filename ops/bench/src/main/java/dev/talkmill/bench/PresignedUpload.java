package dev.talkmill.bench;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import tools.jackson.databind.JsonNode;

/** An upload as clients of the door make it: begin, PUT every part to its URL, complete. */
final class PresignedUpload {

  private final DoorCaller door;
  private final Path file;
  private final JsonNode begun;

  private PresignedUpload(DoorCaller door, Path file, JsonNode begun) {
    this.door = door;
    this.file = file;
    this.begun = begun;
  }

  static PresignedUpload begin(DoorCaller door, String conversation, Path file, String mediaType)
      throws Exception {
    JsonNode begun =
        door.post(
            "/v1/conversations/" + conversation + "/uploads",
            Map.of("bytes", Files.size(file), "media_type", mediaType));
    return new PresignedUpload(door, file, begun);
  }

  /** Address of the store. */
  URI endpoint() {
    URI first = URI.create(begun.get("parts").get(0).get("url").asString());
    return URI.create(first.getScheme() + "://" + first.getAuthority());
  }

  PresignedUpload put() throws Exception {
    List<Callable<byte[]>> calls = new ArrayList<>();
    for (JsonNode part : begun.get("parts").values()) {
      calls.add(() -> door.send(put(part)));
    }
    SideBySide.run(calls);
    return this;
  }

  private HttpRequest put(JsonNode part) {
    long first = part.get("first_byte").asLong();
    long bytes = part.get("bytes").asLong();
    return HttpRequest.newBuilder(URI.create(part.get("url").asString()))
        .PUT(
            BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> FileRange.open(file, first, bytes)), bytes))
        .build();
  }

  /**
   * Confirms it.
   *
   * @return id of the chunk it has become
   */
  String complete() {
    return door.post("/v1/uploads/" + begun.get("id").asString() + "/complete", Map.of())
        .get("id")
        .asString();
  }
}
