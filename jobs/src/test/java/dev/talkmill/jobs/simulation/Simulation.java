package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Plays histories one after the other, and makes a failing one short. */
final class Simulation implements AutoCloseable {

  private final TestDatabase database;
  private final Ground ground;
  private final Tally tally = new Tally();

  /**
   * A simulation on a database of its own.
   *
   * @param mutation between the code and the database
   */
  Simulation(Path scratch, Mutation mutation) {
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
      tally.add(steps, ground.chronicle(), run.acknowledged(), run.cluster().fenced());
      return run.wrong();
    } catch (RuntimeException | AssertionError e) {
      return List.of("the history could not be played: " + e);
    } finally {
      run.cluster().end();
    }
  }

  /** What the last history did, as a number. */
  long trace() {
    return ground.chronicle().trace();
  }

  /**
   * Makes a failing history short.
   *
   * @param limit after which the shortest so far is taken
   * @return the places of its steps that it still fails with
   */
  List<Integer> shortest(long seed, Duration limit) {
    return new Shrinker(limit, System::nanoTime)
        .shrink(Histories.of(seed).size(), places -> !playKept(seed, places).isEmpty());
  }

  /** Says what was wrong with a history, which steps of it suffice, and how to play them again. */
  String explain(long seed, List<String> wrong, List<Integer> kept) {
    List<Op> whole = Histories.of(seed);
    String steps =
        kept.stream().map(i -> "  " + i + ": " + whole.get(i)).collect(Collectors.joining("\n"));
    String places = kept.stream().map(String::valueOf).collect(Collectors.joining(","));
    return """
    seed %d: %s
    The shortest history that fails has %d of %d steps, and %s:
    %s
    Again: ./mvnw -pl jobs -am test -Dtest='SimulationTest#nothing*' \
      -Dsurefire.failIfNoSpecifiedTests=false \
      -Dtalkmill.simulation.seed=%d -Dtalkmill.simulation.keep=%s
    """
        .formatted(
            seed, wrong, kept.size(), whole.size(), playKept(seed, kept), steps, seed, places);
  }

  /** What was met so far. */
  Tally tally() {
    return tally;
  }

  @Override
  public void close() {
    ground.close();
    database.close();
  }
}
