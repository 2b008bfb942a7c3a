package dev.talkmill.chaos;

import dev.talkmill.chaos.Door.Refused;
import dev.talkmill.chaos.check.Entry;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * A client that records conversations one after the other, each when the one before is settled. It
 * writes down what it is told before it does anything else, and believes nothing that it was not
 * told.
 */
final class Recorder implements Runnable {

  private static final int CHUNKS_MAX = 6;

  /** One chunk of this many goes past the workers by presigned upload. */
  private static final int UPLOAD_EACH = 6;

  /** One conversation of this many is erased, half of them before they are settled. */
  private static final int ERASE_EACH = 6;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);
  private static final Duration SETTLED_MAX = Duration.ofMinutes(3);

  private final Door door;
  private final UUID project;
  private final Journal journal;
  private final AtomicInteger numbers;
  private final BooleanSupplier more;
  private final InstantSource clock;
  private final Random random;

  /**
   * A client of its own.
   *
   * @param numbers of chunks, shared by all clients
   * @param more whether to begin another conversation
   */
  Recorder(
      Door door,
      UUID project,
      Journal journal,
      AtomicInteger numbers,
      BooleanSupplier more,
      InstantSource clock,
      Random random) {
    this.door = door;
    this.project = project;
    this.journal = journal;
    this.numbers = numbers;
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
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
  }

  private void conversation() throws Refused {
    UUID id = id(door.post("/v1/projects/" + project + "/conversations", Map.of()));
    int chunks = 1 + random.nextInt(CHUNKS_MAX);
    for (int i = 0; i < chunks; i++) {
      int number = numbers.getAndIncrement();
      if (random.nextInt(UPLOAD_EACH) == 0) {
        upload(id, number);
      } else {
        post(id, number);
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

  private void post(UUID conversation, int number) throws Refused {
    byte[] wav = NumberedSound.wav(number);
    JsonNode taken =
        door.call(
            "/v1/conversations/" + conversation + "/chunks",
            request ->
                request
                    .header("Content-Type", "audio/wav")
                    .header("Chunk-Sequence", Integer.toString(number))
                    .header("Idempotency-Key", "number-" + number)
                    .POST(BodyPublishers.ofByteArray(wav)));
    acknowledged(conversation, taken, number, wav);
  }

  private void upload(UUID conversation, int number) throws Refused {
    byte[] wav = NumberedSound.wav(number);
    JsonNode begun =
        door.post(
            "/v1/conversations/" + conversation + "/uploads",
            Map.of("bytes", wav.length, "media_type", "audio/wav", "sequence", number));
    for (JsonNode part : begun.get("parts").values()) {
      int first = (int) part.get("first_byte").asLong();
      byte[] bytes = new byte[(int) part.get("bytes").asLong()];
      System.arraycopy(wav, first, bytes, 0, bytes.length);
      door.upload(URI.create(part.get("url").asString()), bytes);
    }
    JsonNode taken = door.post("/v1/uploads/" + id(begun) + "/complete", Map.of());
    acknowledged(conversation, taken, number, wav);
  }

  private void acknowledged(UUID conversation, JsonNode taken, int number, byte[] wav) {
    journal.add(new Entry.Chunk(now(), conversation, id(taken), number, sha256(wav)));
  }

  /** Where the answer to the first try was lost, the second finds no such conversation. */
  private void eraseOrFindErased(UUID id) throws Refused {
    try {
      door.delete("/v1/conversations/" + id);
    } catch (Refused e) {
      String message = e.getMessage();
      if (message == null || !message.contains(": 404 ")) {
        throw e;
      }
    }
  }

  /** What is not settled by then the checker finds. */
  private void awaitSettled(UUID id) throws Refused {
    long deadline = System.nanoTime() + SETTLED_MAX.toNanos();
    while (System.nanoTime() < deadline) {
      if (door.get("/v1/conversations/" + id).get("state").asString().equals("settled")) {
        return;
      }
      Pause.of(LOOK_AGAIN);
    }
  }

  private static UUID id(JsonNode view) {
    return UUID.fromString(view.get("id").asString());
  }

  private long now() {
    return clock.millis();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
