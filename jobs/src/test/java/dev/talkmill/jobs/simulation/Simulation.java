package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Plays histories one after the other, and makes a failing one short. */
final class Simulation implements AutoCloseable {

  private static final Duration SHRINKING = Duration.ofSeconds(60);

  private final TestDatabase database;
  private final Ground ground;
  private final Map<String, Integer> deaths = new TreeMap<>();
  private int histories;
  private int acknowledged;
  private int fenced;

  /**
   * A simulation on a database of its own.
   *
   * @param mutation of the statements that processes send; identity for the code as it is
   */
  Simulation(Path scratch, UnaryOperator<String> mutation) {
    this.database = TestDatabase.fresh();
    this.ground = new Ground(database, scratch, mutation);
  }

  /** Plays the history of a seed; what was wrong, in words. */
  List<String> play(long seed) {
    return playSteps(seed, Histories.of(seed));
  }

  /** Plays only these steps of it. */
  List<String> playKept(long seed, List<Integer> kept) {
    List<Op> whole = Histories.of(seed);
    return playSteps(seed, kept.stream().map(whole::get).toList());
  }

  private List<String> playSteps(long seed, List<Op> steps) {
    ground.sweep(seed);
    Run run = new Run(ground);
    try {
      run.play(steps, seed % 2 == 0);
      count(run);
      return run.wrong();
    } catch (RuntimeException | AssertionError e) {
      return List.of("the history could not be played: " + e);
    } finally {
      run.cluster().end();
    }
  }

  private void count(Run run) {
    histories++;
    acknowledged += run.acknowledged();
    fenced += run.cluster().fenced();
    run.cluster().deaths().forEach((moment, times) -> deaths.merge(moment, times, Integer::sum));
  }

  /** Makes a failing history short, and says how it is played again. */
  String explain(long seed, List<String> wrong) {
    List<Op> whole = Histories.of(seed);
    List<Integer> kept =
        new Shrinker(SHRINKING, System::nanoTime)
            .shrink(whole.size(), places -> !playKept(seed, places).isEmpty());
    String steps =
        IntStream.range(0, kept.size())
            .mapToObj(i -> "  " + kept.get(i) + ": " + whole.get(kept.get(i)))
            .collect(Collectors.joining("\n"));
    String places = kept.stream().map(String::valueOf).collect(Collectors.joining(","));
    return """
    seed %d: %s
    The shortest history that fails, with %s:
    %s
    Again: -Dtalkmill.simulation.seed=%d -Dtalkmill.simulation.keep=%s
    """
        .formatted(seed, wrong, playKept(seed, kept), steps, seed, places);
  }

  /** What has been played so far, in one line. */
  String summary() {
    return "histories=%d acknowledged=%d fenced=%d deaths=%s"
        .formatted(histories, acknowledged, fenced, deaths);
  }

  Map<String, Integer> deaths() {
    return Map.copyOf(deaths);
  }

  int acknowledged() {
    return acknowledged;
  }

  int fenced() {
    return fenced;
  }

  @Override
  public void close() {
    ground.close();
    database.close();
  }
}
