package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Outside;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A worker in a process of its own; see {@link Node}. Each line of its standard input is how long
 * provider calls take from then on, in milliseconds; it lives until the input ends.
 */
final class NodeWorker {

  /** Environment variable with the database's password. */
  static final String PASSWORD = "TALKMILL_BENCH_PASSWORD";

  /** Said on standard output for every line that it has read. */
  static final String READY = "ready";

  private NodeWorker() {}

  public static void main(String[] arguments) throws Exception {
    Address address = new Address(arguments[0], arguments[1], System.getenv(PASSWORD));
    Paced speech = new Paced();
    Outside outside = new Outside(FakeStores.empty(), Fakes.decoder(), speech, Fakes.summarizer());
    try (Mill mill = new Mill(address, Path.of(arguments[2]), Shape.usual(), outside);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      mill.start();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        speech.pace(Duration.ofMillis(Long.parseLong(line)));
        System.out.println(READY);
      }
    }
    System.exit(0);
  }

  /** A fake engine whose delay changes. */
  private static final class Paced implements SpeechEngine {

    private volatile SpeechEngine engine = Fakes.speech(Duration.ZERO);

    void pace(Duration delay) {
      engine = Fakes.speech(delay);
    }

    @Override
    public String provider() {
      return engine.provider();
    }

    @Override
    public String model() {
      return engine.model();
    }

    @Override
    public Recognition recognize(SpeechRequest request) {
      return engine.recognize(request);
    }
  }
}
