package dev.talkmill.chaos;

import dev.talkmill.chaos.Door.OutOfPatienceException;
import dev.talkmill.chaos.Door.Refused;
import dev.talkmill.chaos.check.ChunkKind;
import dev.talkmill.chaos.check.Entry;
import dev.talkmill.chaos.check.Oracle;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * A client that records conversations one after the other, each when the one before is settled. It
 * writes down what it is told before it does anything else, and believes nothing that it was not
 * told.
 */
final class Recorder implements Runnable {

  private static final int CHUNKS_MAX = 6;

  /** One spoken chunk of this many goes past the workers by presigned upload. */
  private static final int UPLOAD_EACH = 4;

  /** One conversation of this many is erased, half of them before they are settled. */
  private static final int ERASE_EACH = 6;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);
  private static final Duration SETTLED_MAX = Duration.ofMinutes(3);

  private final Door door;
  private final UUID project;
  private final Journal journal;
  private final Samples samples;
  private final BooleanSupplier more;
  private final InstantSource clock;
  private final Random random;

  /**
   * A client of its own.
   *
   * @param samples shared by all clients
   * @param more whether to begin another conversation
   */
  Recorder(
      Door door,
      UUID project,
      Journal journal,
      Samples samples,
      BooleanSupplier more,
      InstantSource clock,
      Random random) {
    this.door = door;
    this.project = project;
    this.journal = journal;
    this.samples = samples;
    this.more = more;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void run() {
    while (more.getAsBoolean()) {
      try {
        conversation();
      } catch (Refused e) {
        // Everything that is sent is sound, so something must be gone.
        journal.add(new Entry.Refused(now(), String.valueOf(e.getMessage())));
      } catch (OutOfPatienceException e) {
        return; // What it was told stands in its log; the rest it does not claim.
      }
    }
  }

  private void conversation() throws Refused {
    UUID id = id(door.post("/v1/projects/" + project + "/conversations", Map.of()));
    int chunks = 1 + random.nextInt(CHUNKS_MAX);
    for (int i = 0; i < chunks; i++) {
      Sample sample = samples.next(random);
      if (sample.kind() == ChunkKind.SPEECH && random.nextInt(UPLOAD_EACH) == 0) {
        upload(id, sample);
      } else {
        post(id, sample);
      }
    }
    door.post("/v1/conversations/" + id + "/finish", Map.of("expected_chunks", chunks));
    journal.add(new Entry.Finished(now(), id));
    boolean erase = random.nextInt(ERASE_EACH) == 0;
    if (!erase || random.nextBoolean()) {
      awaitSettled(id);
    }
    if (erase) {
      journal.add(new Entry.Erasing(now(), id));
      eraseOrFindErased(id);
      journal.add(new Entry.Erased(now(), id));
    }
  }

  private void post(UUID conversation, Sample sample) throws Refused {
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

  private void upload(UUID conversation, Sample sample) throws Refused {
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
            now(), conversation, id(taken), sample.number(), sample.kind(), sample.sha256()));
  }

  /** Where the answer to the first try was lost, the second finds no such conversation. */
  private void eraseOrFindErased(UUID id) throws Refused {
    try {
      door.delete("/v1/conversations/" + id);
    } catch (Refused e) {
      if (!e.isUnknown()) {
        throw e;
      }
    }
  }

  /** What is not settled by then the checker finds. */
  private void awaitSettled(UUID id) throws Refused {
    long deadline = System.nanoTime() + SETTLED_MAX.toNanos();
    while (System.nanoTime() < deadline) {
      if (door.get("/v1/conversations/" + id).get("state").asString().equals("settled")) {
        journal.add(new Entry.Settled(now(), id, Oracle.numbers(transcript(id))));
        return;
      }
      Pause.of(LOOK_AGAIN);
    }
  }

  /** Where nothing was said there is none. */
  private String transcript(UUID id) throws Refused {
    try {
      byte[] text = door.bytes("/v1/conversations/" + id + "/transcript?format=txt");
      return new String(text, StandardCharsets.UTF_8);
    } catch (Refused e) {
      if (!e.isUnknown()) {
        throw e;
      }
      return "";
    }
  }

  private static UUID id(JsonNode view) {
    return UUID.fromString(view.get("id").asString());
  }

  private long now() {
    return clock.millis();
  }
}
