package dev.talkmill.jobs.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
  private static final int SECONDS_USUAL = 45;

  /** Played however long it takes, so that every moment has met a death. */
  private static final int HISTORIES_MIN = 100;

  /** Seeds of which each mutant must be found by one. */
  private static final int MUTANT_SEEDS = 150;

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
  void nothingAcknowledgedIsLostOrDoneTwiceWhereverProcessesDie() {
    try (Simulation simulation = new Simulation(scratch, UnaryOperator.identity())) {
      Long one = Long.getLong(SEED);
      if (one != null) {
        assertThat(again(simulation, one)).isEmpty();
        return;
      }
      playFor(simulation, Duration.ofSeconds(Integer.getInteger(SECONDS, SECONDS_USUAL)));
      ROOT.setLevel(Level.INFO);
      ROOT.info("simulation: {}", simulation.summary());
      assertThat(simulation.acknowledged()).as("progress").isPositive();
      assertThat(simulation.fenced()).as("stale writers that were refused").isPositive();
      assertThat(simulation.deaths().keySet())
          .as("moments at which processes died")
          .contains(
              "before a transaction",
              "before a statement",
              "before a commit",
              "after a commit",
              "before a put",
              "after a put",
              "before a recognition",
              "after a recognition",
              "between two steps");
    }
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

  private static void playFor(Simulation simulation, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long first = Long.getLong(FROM, 1);
    for (long seed = first; seed < first + HISTORIES_MIN || System.nanoTime() - end < 0; seed++) {
      List<String> wrong = simulation.play(seed);
      if (!wrong.isEmpty()) {
        fail(simulation.explain(seed, wrong));
      }
    }
  }

  /** Defects in the statements themselves, made on their way to the database. */
  enum Mutant {
    NO_FENCE {
      @Override
      String change(String sql) {
        return sql.replace("epoch = ?", "(epoch = ? OR true)");
      }
    },
    A_ROW_AT_WORK_IS_TAKEN_AGAIN {
      @Override
      String change(String sql) {
        return sql.replace(
            "state || '' = 'QUEUED' AND epoch = ?",
            "state || '' IN ('QUEUED', 'PROCESSING') AND (epoch = ? OR true)");
      }
    },
    A_CHUNK_THAT_IS_TAKEN_LEAVES_THE_CONVERSATION_AS_IT_IS {
      @Override
      String change(String sql) {
        return sql.replace("generation = generation + 1, outcome = NULL,", "");
      }
    };

    abstract String change(String sql);
  }

  @ParameterizedTest
  @EnumSource
  void aDefectIsFound(Mutant mutant) {
    try (Simulation simulation = new Simulation(scratch, mutant::change)) {
      boolean found = false;
      for (long seed = 1; seed <= MUTANT_SEEDS && !found; seed++) {
        found = !simulation.play(seed).isEmpty();
      }
      assertThat(found).as("%s is found; %s", mutant, simulation.summary()).isTrue();
    }
  }

  @Test
  void aSeedAlwaysMakesTheSameHistory() {
    assertThat(Histories.of(17)).isEqualTo(Histories.of(17)).isNotEqualTo(Histories.of(18));
  }
}
