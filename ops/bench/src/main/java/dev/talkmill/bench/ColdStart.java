package dev.talkmill.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A start of the packaged worker with everything embedded, on a data directory that has been used
 * before: with an ahead-of-time cache, as the launcher makes one, and without.
 */
final class ColdStart implements Measure {

  private static final Map<String, String> NO_SETTINGS = Map.of();

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

  /** Classes in folders cannot be in a cache, so before the package phase there is no answer. */
  @Override
  public boolean isPossible() {
    return Files.exists(WorkerJava.jar());
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    Path data = stand.scratch("coldstart").resolve("data");
    Path cache = stand.scratch("coldstart").resolve("worker.aot");
    start(data, "-XX:AOTCacheOutput=" + cache).close();
    if (!Files.exists(cache)) {
      throw new IllegalStateException("this Java makes no ahead-of-time cache");
    }
    stand.say("data directory and cache are made");
    int rounds = stand.size().of(5, 1);
    Samples without = new Samples(rounds);
    Samples with = new Samples(rounds);
    List<ProcessMemory> memory = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      try (ServedWorker worker = start(data, "-XX:AOTMode=off")) {
        without.add(worker.ready().toNanos());
      }
      try (ServedWorker worker = start(data, "-XX:AOTCache=" + cache)) {
        with.add(worker.ready().toNanos());
        if (ProcessMemory.isKnown()) {
          Thread.sleep(Duration.ofSeconds(stand.size().of(10, 1)));
          memory.add(worker.memory());
        }
      }
      stand.say("round %d of %d".formatted(i + 1, rounds));
    }
    return figures(without, with, memory);
  }

  private static ServedWorker start(Path data, String option) {
    return new ServedWorker(WorkerJava.packaged(option), data, NO_SETTINGS);
  }

  private static List<Figure> figures(Samples without, Samples with, List<ProcessMemory> memory) {
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.alone("cold_start_ms", without.millis(0.5), "ms"));
    figures.add(
        Figure.beside(
            "cold_start_aot_ms", with.millis(0.5), "ms", without.millis(0.5), "without the cache"));
    if (!memory.isEmpty()) {
      double[] all = memory.stream().mapToDouble(each -> each.jvm() + each.postgres()).toArray();
      double[] postgres = memory.stream().mapToDouble(ProcessMemory::postgres).toArray();
      figures.add(Figure.alone("rest_rss_mib", median(all), "MiB"));
      figures.add(Figure.alone("rest_postgres_mib", median(postgres), "MiB"));
    }
    return figures;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[(values.length - 1) / 2];
  }
}
