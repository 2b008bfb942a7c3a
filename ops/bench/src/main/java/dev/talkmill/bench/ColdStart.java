package dev.talkmill.bench;

import dev.talkmill.worker.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * A start of the packaged worker with everything embedded, on a data directory that has been used
 * before: with an ahead-of-time cache, which is made here by one life of the worker, and without.
 */
final class ColdStart implements Measure {

  private static final String WITHOUT = "without the cache";
  private static final Map<String, String> NO_SETTINGS = Map.of();
  private static final Duration REST = Duration.ofSeconds(5);
  private static final Duration HELP = Duration.ofMinutes(1);

  @Override
  public String name() {
    return "cold_start";
  }

  @Override
  public String question() {
    return "the packaged worker, everything embedded: start to ready, and memory at rest";
  }

  @Override
  public List<String> figures() {
    List<String> names = new ArrayList<>(List.of("cold_start_ms", "cold_start_aot_ms"));
    if (ProcessMemory.isKnown()) {
      names.addAll(List.of("rest_rss_mib", "rest_postgres_mib"));
    }
    return names;
  }

  /** Classes in folders cannot be in a cache. */
  @Override
  public Optional<String> obstacle() {
    return Files.exists(WorkerJava.jar())
        ? Optional.empty()
        : Optional.of("the worker is not packaged");
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    Path data = stand.scratch("coldstart").resolve("data");
    Path cache = stand.scratch("coldstart").resolve("worker.aot");
    makeCache(stand.size(), data, cache);
    stand.say("the cache is made");
    int rounds = stand.size().of(5, 1);
    Starts without = new Starts(rounds);
    Starts with = new Starts(rounds);
    Samples postgres = new Samples(rounds);
    for (int i = 0; i < rounds; i++) {
      without.add(data, "-XX:AOTMode=off", stand.size());
      with.add(data, "-XX:AOTCache=" + cache, stand.size());
      postgres.add(postgresAlone(data));
      stand.say("round %d of %d".formatted(i + 1, rounds));
    }
    return figures(without, with, postgres);
  }

  /** The server that a worker starts, on its data. */
  private static long postgresAlone(Path data) {
    long start = System.nanoTime();
    EmbeddedPostgres server = EmbeddedPostgres.start(data.resolve("postgres"));
    long took = System.nanoTime() - start;
    server.close();
    return took;
  }

  /** Of one kind. */
  private static final class Starts {
    private final Samples ready;
    private final List<ProcessMemory> memory = new ArrayList<>();

    Starts(int rounds) {
      this.ready = new Samples(rounds);
    }

    void add(Path data, String option, Size size) throws InterruptedException {
      try (ServedWorker worker = start(data, option)) {
        ready.add(worker.ready().toNanos());
        if (ProcessMemory.isKnown()) {
          Thread.sleep(size.pick(REST, REST, Duration.ofMillis(1)));
          memory.add(worker.memory());
        }
      }
    }

    double millis() {
      return ready.millis(0.5);
    }

    double mib(ToDoubleFunction<ProcessMemory> part) {
      double[] all = memory.stream().mapToDouble(part).sorted().toArray();
      return all[(all.length - 1) / 2];
    }
  }

  /**
   * A worker's life, which also uses the data directory; the smallest run makes do with its help.
   */
  private static void makeCache(Size size, Path data, Path cache)
      throws IOException, InterruptedException {
    String option = "-XX:AOTCacheOutput=" + cache;
    if (size == Size.SMALLEST) {
      help(option, cache.resolveSibling("help.txt"));
    } else {
      start(data, option).close();
    }
    if (!Files.exists(cache)) {
      throw new IllegalStateException("this Java makes no ahead-of-time cache");
    }
  }

  private static void help(String option, Path output) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(WorkerJava.packaged(option, "help", "settings"))
            .directory(output.resolveSibling(".").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(HELP.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private static ServedWorker start(Path data, String option) {
    return new ServedWorker(WorkerJava.packaged(option, WorkerJava.SERVE), data, NO_SETTINGS);
  }

  private static List<Figure> figures(Starts without, Starts with, Samples postgres) {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.beside(
            "cold_start_ms", without.millis(), "ms", postgres.millis(0.5), "its PostgreSQL alone"));
    figures.add(Figure.beside("cold_start_aot_ms", with.millis(), "ms", without.millis(), WITHOUT));
    if (ProcessMemory.isKnown()) {
      figures.add(memory("rest_rss_mib", with, without, each -> each.jvm() + each.postgres()));
      figures.add(memory("rest_postgres_mib", with, without, ProcessMemory::postgres));
    }
    return figures;
  }

  private static Figure memory(
      String name, Starts with, Starts without, ToDoubleFunction<ProcessMemory> part) {
    return Figure.beside(name, with.mib(part), "MiB", without.mib(part), WITHOUT);
  }
}
