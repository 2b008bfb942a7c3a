package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A 2 GB upload and a recording of a day, one after the other, through a worker whose heap is 256
 * MiB: its door, its embedded store, its decoder and all stages are real, and PostgreSQL is that of
 * all measures. Only the speech provider is faked, by a server that reads all audio and answers at
 * once.
 */
final class BigFiles implements Measure {

  private static final int HEAP_MIB = 256;

  /**
   * What is sent, and how long the other is; the quick one is longer than what stays in one piece.
   */
  private record Extent(long uploadBytes, int minutes) {
    static Extent of(Size size) {
      return size.pick(
          new Extent(2L << 30, 24 * 60), new Extent(64L << 20, 11), new Extent(2L << 20, 1));
    }
  }

  private static final Duration SETTLED = Duration.ofMinutes(8);
  private static final Duration POLL = Duration.ofMillis(200);

  @Override
  public String name() {
    return "big_files";
  }

  @Override
  public String question() {
    return "2 GB upload and 24 h recording, real door, store and decoder, speech faked";
  }

  @Override
  public List<String> figures() {
    return List.of(
        "bigfile_upload_mb_s", "bigfile_decode_x", "bigfile_heap_mib", "bigfile_live_heap_mib");
  }

  private record Decoding(double audioSeconds, double seconds) {
    double speed() {
      return audioSeconds / seconds;
    }
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    Path directory = stand.scratch("bigfiles");
    Extent extent = Extent.of(stand.size());
    Path upload = BigRecordings.wav(directory.resolve("upload.wav"), extent.uploadBytes());
    Path day = BigRecordings.opus(directory.resolve("day.ogg"), extent.minutes());
    stand.say("the recordings are made");
    Path log = directory.resolve("gc.log");
    List<String> command = WorkerJava.onOurClassPath("-Xmx" + HEAP_MIB + "m", GcLog.option(log));
    try (FakeSpeechServer speech = new FakeSpeechServer();
        ServedWorker worker =
            new ServedWorker(
                command,
                directory.resolve("data"),
                settings(stand.empty("big_files"), speech.baseUrl()));
        DoorCaller door = new DoorCaller(worker.door())) {
      Figure uploaded = upload(stand, door, worker.data(), upload);
      Files.delete(upload);
      Decoding decoding = decode(stand, door, day);
      GcLog heap = GcLog.read(log);
      String limit = "limit of the heap";
      return List.of(
          uploaded,
          beside(decoding, day, directory.resolve("reference.wav")),
          Figure.beside("bigfile_heap_mib", heap.peakMib(), "MiB", HEAP_MIB, limit),
          Figure.beside("bigfile_live_heap_mib", heap.liveMib(), "MiB", HEAP_MIB, limit));
    }
  }

  private static Map<String, String> settings(Address address, URI speech) {
    return Map.of(
        "TALKMILL_DATABASE_URL", address.url(),
        "TALKMILL_DATABASE_USERNAME", Objects.requireNonNullElse(address.username(), ""),
        "TALKMILL_DATABASE_PASSWORD", Objects.requireNonNullElse(address.password(), ""),
        "TALKMILL_SPEECH_PROVIDER", "openai",
        "TALKMILL_SPEECH_OPENAI_BASE_URL", speech.toString(),
        "TALKMILL_SPEECH_OPENAI_MODEL", "fake");
  }

  private static Figure upload(Stand stand, DoorCaller door, Path data, Path file)
      throws Exception {
    String conversation = conversation(door);
    PresignedUpload warmUp = PresignedUpload.begin(door, conversation(door), file, "audio/wav");
    double megabytes = Files.size(file) / 1e6;
    double plain;
    try (PlainUpload sdk = new PlainUpload(warmUp.endpoint(), data)) {
      warmUp.put();
      plain = sdk.seconds(file);
    }
    long start = System.nanoTime();
    PresignedUpload.begin(door, conversation, file, "audio/wav").put().complete();
    double seconds = (System.nanoTime() - start) / 1e9;
    finish(door, conversation);
    settled(door, conversation);
    stand.say("the upload of %.0f MB is transcribed".formatted(megabytes));
    return Figure.beside(
        "bigfile_upload_mb_s",
        megabytes / seconds,
        "MB/s",
        megabytes / plain,
        "multipart upload with the S3 SDK alone");
  }

  private static Decoding decode(Stand stand, DoorCaller door, Path file) throws Exception {
    String conversation = conversation(door);
    String chunk = PresignedUpload.begin(door, conversation, file, "audio/ogg").put().complete();
    finish(door, conversation);
    JsonNode ended = settled(door, conversation);
    double audioSeconds = ended.get("audio_seconds_received").asDouble();
    stand.say("the recording of %.1f h is transcribed".formatted(audioSeconds / 3600));
    return new Decoding(audioSeconds, prepareSeconds(door, conversation, chunk));
  }

  /** Fetching, decoding, cutting and storing the parts. */
  private static double prepareSeconds(DoorCaller door, String conversation, String chunk) {
    String path = "/v1/conversations/" + conversation + "/processing-status?limit=100";
    for (JsonNode row : door.get(path).get("items").values()) {
      if (row.get("stage").asString().equals("PREPARE")
          && row.get("subject_id").asString().equals(chunk)) {
        return row.get("duration_ms").asDouble() / 1_000;
      }
    }
    throw new IllegalStateException("nothing was prepared");
  }

  private static Figure beside(Decoding decoding, Path file, Path target) throws Exception {
    double seconds = PlainDecoder.seconds(file, target);
    return Figure.beside(
        "bigfile_decode_x",
        decoding.speed(),
        "s/s",
        decoding.audioSeconds() / seconds,
        "ffmpeg to a WAV file, alone");
  }

  private static String conversation(DoorCaller door) {
    String project =
        door.post("/v1/projects", Map.of("name", "big files", "language", "en"))
            .get("id")
            .asString();
    return door.post("/v1/projects/" + project + "/conversations", Map.of()).get("id").asString();
  }

  private static void finish(DoorCaller door, String conversation) {
    door.post("/v1/conversations/" + conversation + "/finish", Map.of("expected_chunks", 1));
  }

  private static JsonNode settled(DoorCaller door, String conversation)
      throws InterruptedException {
    long deadline = System.nanoTime() + SETTLED.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode now = door.get("/v1/conversations/" + conversation);
      if (now.get("state").asString().equals("settled")) {
        if (!now.get("outcome").asString("").equals("ok")) {
          throw new IllegalStateException("not transcribed: " + now);
        }
        return now;
      }
      Thread.sleep(POLL);
    }
    throw new IllegalStateException("not settled within " + SETTLED);
  }
}
