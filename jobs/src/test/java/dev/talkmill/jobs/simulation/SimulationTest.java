package dev.talkmill.jobs.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The same histories every time, as many as fit: {@code -Dtalkmill.simulation.seconds=3600} plays
 * for an hour, {@code -Dtalkmill.simulation.from=100000} plays others, {@code
 * -Dtalkmill.simulation.seed=17} plays one.
 */
class SimulationTest {

  private static final String SECONDS = "talkmill.simulation.seconds";
  private static final String FROM = "talkmill.simulation.from";
  private static final String SEED = "talkmill.simulation.seed";
  private static final String KEEP = "talkmill.simulation.keep";
  private static final int SECONDS_USUAL = 25;

  /**
   * Each on a database of its own: while one waits for PostgreSQL the other makes the next move.
   */
  private static final int AT_ONCE = 2;

  /** Of each, played however long it takes, so that every moment has met a death. */
  private static final int HISTORIES_MIN = 100;

  /** Seeds of which each mutant must be found by one. */
  private static final int MUTANT_SEEDS = 150;

  private static final long NOT_FOUND = -1;
  private static final int REPLAYED = 6;
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  private static final List<String> FAULTS =
      List.of(
          "A JOB GIVEN OUT AGAIN",
          "A PROCESS TAKEN FOR DEAD",
          "A ROW TAKEN OVER",
          "BUCKET AWAY",
          "COMMIT ANSWER_LOST",
          "COMMIT CUT");

  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private static final Level USUAL = ROOT.getLevel();

  @TempDir private Path scratch;

  /** Processes that die by the hundred say so, and nobody reads it. */
  @BeforeAll
  static void quiet() {
    ROOT.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    ROOT.setLevel(USUAL);
  }

  @Test
  void nothingAcknowledgedIsLostOrDoneTwiceWhereverProcessesDie() throws Exception {
    Long one = Long.getLong(SEED);
    if (one != null) {
      try (Simulation simulation = new Simulation(scratch, Mutation.NONE)) {
        assertThat(again(simulation, one)).isEmpty();
        return;
      }
    }
    Tally tally = playFor(Duration.ofSeconds(Integer.getInteger(SECONDS, SECONDS_USUAL)));
    ROOT.setLevel(Level.INFO);
    ROOT.info("simulation: {}", tally);
    ROOT.setLevel(Level.OFF);
    assertThat(tally.acknowledged()).as("progress").isPositive();
    assertThat(tally.fenced()).as("stale writers that were refused").isPositive();
    assertThat(tally.deaths().keySet())
        .as("where processes died")
        .containsAll(Arrays.stream(CrashPoint.values()).map(CrashPoint::label).toList());
    assertThat(tally.faults().keySet()).as("faults").containsAll(FAULTS);
    assertThat(tally.operations().keySet())
        .as("operations")
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Op.class.getPermittedSubclasses()).map(Class::getSimpleName).toList());
  }

  private static List<String> again(Simulation simulation, long seed) {
    String keep = System.getProperty(KEEP);
    return keep == null
        ? simulation.play(seed)
        : simulation.playKept(
            seed,
            Arrays.stream(keep.split(","))
                .filter(place -> !place.isEmpty())
                .map(Integer::valueOf)
                .toList());
  }

  private Tally playFor(Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    AtomicBoolean failed = new AtomicBoolean();
    List<Future<Tally>> lines = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < AT_ONCE; i++) {
        int line = i;
        lines.add(threads.submit(() -> playLine(line, end, failed)));
      }
    }
    Tally tally = new Tally();
    for (Future<Tally> line : lines) {
      tally.add(line.get());
    }
    return tally;
  }

  /** Every so-many-th seed, until the time is over or any history has failed. */
  private Tally playLine(int line, long end, AtomicBoolean failed) throws Exception {
    Path own = Files.createDirectory(scratch.resolve("line-" + line));
    try (Simulation simulation = new Simulation(own, Mutation.NONE)) {
      long first = Long.getLong(FROM, 1) + line;
      for (int i = 0; i < HISTORIES_MIN || System.nanoTime() - end < 0; i++) {
        long seed = first + (long) i * AT_ONCE;
        List<String> wrong = failed.get() ? List.of() : simulation.play(seed);
        if (!wrong.isEmpty()) {
          failed.set(true);
          fail(simulation.explain(seed, wrong, simulation.shortest(seed, SHRINKING)));
        }
        if (failed.get()) {
          break;
        }
      }
      return simulation.tally();
    }
  }

  @Test
  void everyDefectIsFound() throws Exception {
    Map<Mutant, Long> seeds = new EnumMap<>(Mutant.class);
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      Map<Mutant, Future<Long>> searches = new EnumMap<>(Mutant.class);
      for (Mutant mutant : Mutant.values()) {
        searches.put(mutant, threads.submit(() -> found(mutant)));
      }
      for (Map.Entry<Mutant, Future<Long>> search : searches.entrySet()) {
        seeds.put(search.getKey(), search.getValue().get());
      }
    }
    assertThat(seeds).as("the first seed that finds it").doesNotContainValue(NOT_FOUND);
  }

  private long found(Mutant mutant) throws Exception {
    Path own = Files.createDirectory(scratch.resolve(mutant.name()));
    try (Simulation simulation = new Simulation(own, mutant)) {
      return failing(simulation);
    }
  }

  /** The first seed whose history fails. */
  private static long failing(Simulation simulation) {
    for (long seed = 1; seed <= MUTANT_SEEDS; seed++) {
      if (!simulation.play(seed).isEmpty()) {
        return seed;
      }
    }
    return NOT_FOUND;
  }

  @Test
  void aFailingHistoryIsMadeShorterAndFailsAgainFromWhatIsPrinted() {
    try (Simulation simulation = new Simulation(scratch, Mutant.A_REPEATED_UPLOAD_IS_A_NEW_ONE)) {
      long seed = failing(simulation);
      List<String> wrong = simulation.play(seed);
      List<Integer> kept = simulation.shortest(seed, SHRINKING);
      assertThat(kept).hasSizeBetween(1, Histories.of(seed).size() / 4);
      String said = simulation.explain(seed, wrong, kept);
      String places = kept.toString().replaceAll("[\\[\\] ]", "");
      assertThat(said)
          .contains("-Dtalkmill.simulation.seed=" + seed + " ")
          .contains("-Dtalkmill.simulation.keep=" + places + "\n");
      assertThat(simulation.playKept(seed, kept)).isNotEmpty();
    }
  }

  @Test
  void aSeedReplaysExactly() {
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();
    try (Simulation simulation = new Simulation(scratch, Mutation.NONE);
        Simulation again = new Simulation(scratch, Mutation.NONE)) {
      for (long seed = 1; seed <= REPLAYED; seed++) {
        simulation.play(seed);
        first.add(simulation.trace());
      }
      // In another order, and on a database that holds what is left of other histories.
      for (long seed = REPLAYED; seed >= 1; seed--) {
        again.play(seed);
        second.addFirst(again.trace());
      }
    }
    assertThat(second).isEqualTo(first).doesNotHaveDuplicates();
  }

  @Test
  void aSeedAlwaysMakesTheSameHistory() {
    assertThat(Histories.of(17)).isEqualTo(Histories.of(17)).isNotEqualTo(Histories.of(18));
  }
}
