package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Calls of a speech provider that take 30 s, 2,000 at once in one worker with a heap of 512 MiB.
 * The worker is a process of its own that calls through the HTTP client that users get, with bodies
 * of 512 KB from disk; the provider is a server in this process. While they all hang, chunks are
 * accepted one at a time and their pickup is measured.
 *
 * <p>A quick run has 200 calls of 8 s.
 */
final class InFlight implements Measure {

  private static final int CALLS = 2_000;
  private static final int HEAP_MIB = 512;
  private static final Duration LIMIT = Duration.ofMinutes(6);

  @Override
  public String name() {
    return "in_flight";
  }

  @Override
  public String question() {
    return "2,000 provider calls of 30 s at once in one worker with a heap of 512 MiB";
  }

  @Override
  public List<String> figures() {
    return List.of(
        "inflight_2000_reached",
        "inflight_2000_heap_mib",
        "inflight_2000_heap_live_mib",
        "inflight_pickup_p50",
        "inflight_pickup_p99");
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    int calls = stand.size().of(CALLS, 20);
    Duration delay =
        stand.size().pick(Duration.ofSeconds(30), Duration.ofSeconds(8), Duration.ofSeconds(8));
    Path directory = stand.scratch("in_flight");
    try (SlowProvider provider = new SlowProvider()) {
      Properties task = task(stand.migrated("in_flight"), provider);
      task.setProperty("calls", String.valueOf(calls));
      task.setProperty("delay", String.valueOf(delay.toMillis()));
      task.setProperty("samples", String.valueOf(stand.size().of(500, 5)));
      task.setProperty("released", String.valueOf(stand.size() == Size.SMALLEST));
      Properties found = inChild(directory, task);
      stand.say(
          "%d calls answered, of %.0f bytes; all hung %s s after the first was accepted, %s probes"
              .formatted(
                  provider.answered(),
                  provider.bytesOfCall(),
                  found.getProperty("seconds"),
                  found.getProperty("probes")));
      return List.of(
          Figure.beside("inflight_2000_reached", provider.most(), "", calls, "asked for"),
          Figure.beside(
              "inflight_2000_heap_mib", number(found, "heap"), "MiB", HEAP_MIB, "the heap's limit"),
          Figure.beside(
              "inflight_2000_heap_live_mib",
              number(found, "live"),
              "MiB",
              HEAP_MIB,
              "the heap's limit"),
          pickup("p50", found),
          pickup("p99", found));
    }
  }

  private static Figure pickup(String quantile, Properties found) {
    return Figure.beside(
        "inflight_pickup_" + quantile,
        number(found, "beside." + quantile),
        "ms",
        number(found, "idle." + quantile),
        "the same worker, idle");
  }

  private static double number(Properties found, String name) {
    return Double.parseDouble(found.getProperty(name));
  }

  private static Properties task(Address address, SlowProvider provider) {
    Properties task = new Properties();
    task.setProperty("url", address.url());
    task.setProperty("username", String.valueOf(address.username()));
    task.setProperty("password", String.valueOf(address.password()));
    task.setProperty("provider", provider.uri().toString());
    return task;
  }

  /** Runs {@link InFlightWorker} on a task, which it is given and answers in a file. */
  private static Properties inChild(Path directory, Properties task)
      throws IOException, InterruptedException {
    try (OutputStream out = Files.newOutputStream(directory.resolve(InFlightWorker.TASK))) {
      task.store(out, null);
    }
    Process child =
        new ProcessBuilder(WorkerJava.other(InFlightWorker.class, HEAP_MIB, directory.toString()))
            .directory(directory.toFile())
            .inheritIO()
            .start();
    try {
      if (!child.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || child.exitValue() != 0) {
        throw new IllegalStateException("the worker did not end well: " + child);
      }
    } finally {
      child.destroyForcibly();
    }
    Properties found = new Properties();
    try (InputStream in = Files.newInputStream(directory.resolve(InFlightWorker.FOUND))) {
      found.load(in);
    }
    return found;
  }
}
