package dev.talkmill.bench;

import dev.talkmill.bench.FrontDoor.Home;
import dev.talkmill.bench.Mill.Outside;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.worker.speech.OpenAiSpeechEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The worker of {@link InFlight}: {@code DIRECTORY} with the task, and later with what it found.
 */
final class InFlightWorker {

  static final String TASK = "task.properties";
  static final String FOUND = "found.properties";

  /** 512 KB of 16 kHz mono. */
  private static final int SECONDS = 16;

  private static final int TENANTS = 4;
  private static final int CLIENTS = 16;

  private final Mill mill;
  private final URI provider;
  private final int calls;
  private final int samples;
  private final Duration delay;
  private final boolean released;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Properties found = new Properties();

  private InFlightWorker(Mill mill, Properties task) {
    this.mill = mill;
    this.provider = URI.create(task.getProperty("provider"));
    this.calls = Integer.parseInt(task.getProperty("calls"));
    this.samples = Integer.parseInt(task.getProperty("samples"));
    this.delay = Duration.ofMillis(Long.parseLong(task.getProperty("delay")));
    this.released = Boolean.parseBoolean(task.getProperty("released"));
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    Properties task = new Properties();
    try (InputStream in = Files.newInputStream(directory.resolve(TASK))) {
      task.load(in);
    }
    Address address =
        new Address(
            task.getProperty("url"), task.getProperty("username"), task.getProperty("password"));
    URI endpoint = URI.create(task.getProperty("provider") + "/v1");
    try (OpenAiSpeechEngine engine =
            new OpenAiSpeechEngine(
                new OpenAiSettings(endpoint, null, "whisper-1"), Clock.systemUTC());
        Mill mill =
            new Mill(
                    address,
                    directory.resolve("stages"),
                    new Shape(
                        Duration.ZERO,
                        Integer.parseInt(task.getProperty("calls")),
                        Shape.usual().connections()),
                    new Outside(
                        FakeStores.empty(),
                        Fakes.writingDecoder(SECONDS),
                        engine,
                        Fakes.summarizer()))
                .start();
        OutputStream out = Files.newOutputStream(directory.resolve(FOUND))) {
      InFlightWorker worker = new InFlightWorker(mill, task);
      worker.run();
      worker.found.store(out, null);
    }
    System.exit(0);
  }

  private void run() throws Exception {
    Home home = mill.door().home("probe");
    Probe.pickup(mill, home, samples, Stage.TRANSCRIBE, () -> true);
    put("idle", Probe.pickup(mill, home, samples, Stage.TRANSCRIBE, () -> true));
    setDelay(delay);
    HeapWatch heap = HeapWatch.start();
    long ended = mill.clockwork().count(Stage.TRANSCRIBE);
    long start = System.nanoTime();
    List<UUID> chunks = flood();
    awaitHanging(ended);
    found.setProperty("seconds", "%.1f".formatted((System.nanoTime() - start) / 1e9));
    found.setProperty("live", String.valueOf(HeapWatch.liveMib()));
    Samples beside =
        Probe.pickup(
            mill,
            home,
            samples,
            Stage.PREPARE,
            () -> mill.clockwork().count(Stage.TRANSCRIBE) == ended);
    found.setProperty("heap", String.valueOf(heap.mostMib()));
    found.setProperty("probes", String.valueOf(beside.count()));
    put("beside", beside);
    setDelay(Duration.ZERO);
    if (released) {
      ask(HttpRequest.newBuilder(provider.resolve("/release")).build());
    }
    chunks.forEach(chunk -> mill.clockwork().ended(Stage.TRANSCRIBE, chunk));
  }

  /** As many chunks as there are calls to hang, of several tenants: one may not fill the lane. */
  private List<UUID> flood() throws Exception {
    List<Future<UUID>> accepted = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (int t = 0; t < TENANTS; t++) {
        Home home = mill.door().home("flood");
        UUID conversation = mill.door().conversation(home);
        for (int i = t; i < calls; i += TENANTS) {
          if (i / TENANTS % 20 == 19) {
            conversation = mill.door().conversation(home);
          }
          UUID into = conversation;
          accepted.add(
              clients.submit(() -> mill.door().accept(home, into, ChunkSource.PORTAL_AUDIO)));
        }
      }
    }
    List<UUID> chunks = new ArrayList<>();
    for (Future<UUID> chunk : accepted) {
      chunks.add(chunk.get());
    }
    return chunks;
  }

  /** Until all hang; where the first ends before the last began, that is how many there were. */
  private void awaitHanging(long ended) throws IOException, InterruptedException {
    HttpRequest hanging = HttpRequest.newBuilder(provider.resolve("/calls")).build();
    while (ask(hanging) < calls && mill.clockwork().count(Stage.TRANSCRIBE) == ended) {
      Thread.sleep(20);
    }
  }

  private void setDelay(Duration to) throws IOException, InterruptedException {
    ask(
        HttpRequest.newBuilder(provider.resolve("/delay"))
            .POST(BodyPublishers.ofString(String.valueOf(to.toMillis())))
            .build());
  }

  private int ask(HttpRequest request) throws IOException, InterruptedException {
    return Integer.parseInt(http.send(request, BodyHandlers.ofString()).body());
  }

  private void put(String name, Samples pickup) {
    found.setProperty(name + ".p50", String.valueOf(pickup.millis(0.5)));
    found.setProperty(name + ".p99", String.valueOf(pickup.millis(0.99)));
  }
}
