package dev.talkmill.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every measure at the smallest size: that it runs and what it gives, never how fast it was. */
class BenchSmokeTest {

  /** Duplicates end the run; of scans there are some where tables are small. */
  private static final Set<String> MAY_BE_NONE =
      Set.of("nodes_duplicates", "seq_scans_of_history", "seq_scan_plans_of_history");

  @TempDir static Path directory;

  private static Stand stand;

  @BeforeAll
  static void start() throws IOException {
    stand = Stand.in(Files.createDirectory(directory.resolve("stand")), Size.SMALLEST, System.out);
  }

  @AfterAll
  static void stop() {
    if (stand != null) {
      stand.close();
      assertThat(directory.resolve("stand")).doesNotExist();
    }
  }

  /** The longest ones, which are the last, begin first. */
  @TestFactory
  Stream<DynamicTest> aMeasureGivesTheFiguresItPromises() {
    return BenchApplication.all().reversed().stream()
        .map(measure -> dynamicTest(measure.name(), () -> givesWhatItPromises(measure)));
  }

  private static void givesWhatItPromises(Measure measure) throws Exception {
    measure.obstacle().ifPresent(obstacle -> abort(measure.name() + ": " + obstacle));
    List<Figure> figures = measure.run(stand);

    assertThat(figures.stream().map(Figure::name)).containsExactlyElementsOf(measure.figures());
    for (Figure figure : figures) {
      if (MAY_BE_NONE.contains(figure.name())) {
        assertThat(figure.value()).as(figure.name()).isFinite().isNotNegative();
      } else {
        assertThat(figure.value()).as(figure.name()).isFinite().isPositive();
      }
      if (figure.name().equals("inflight_2000_reached")) {
        assertThat(figure.value()).isEqualTo(figure.reference());
      }
      if (figure.reference() != null) {
        assertThat(figure.reference()).as(figure.name() + "'s reference").isFinite().isPositive();
        assertThat(figure.against()).as(figure.name() + "'s reference").isNotBlank();
      }
    }
  }

  /** Only the packaged worker may be missing, before the package phase. */
  @Test
  void nearlyEveryMeasureNeedsNothingThatMayBeMissing() {
    assertThat(
            BenchApplication.all().stream()
                .filter(measure -> measure.obstacle().isPresent())
                .map(Measure::name))
        .isSubsetOf("cold_start");
  }

  @Test
  void theFiguresThatOthersReadKeepTheirNames() {
    assertThat(BenchApplication.all().stream().flatMap(measure -> measure.figures().stream()))
        .contains(
            "pickup_p50",
            "pickup_p99",
            "overhead_1_p99",
            "overhead_20_p99",
            "overhead_200_p99",
            "journeys",
            "journeys_vs_dbscheduler",
            "journeys_vs_stock_jobrunr",
            "conversations",
            "inflight_2000_heap_mib",
            "pickup_at_10m_p99",
            "relay_at_backlog_p95",
            "fairness_small_p99",
            "nodes_4",
            "bigfile_heap_mib",
            "cold_start_aot_ms");
  }

  @Test
  void noTwoMeasuresPromiseTheSameFigure() {
    assertThat(BenchApplication.all().stream().map(Measure::name)).doesNotHaveDuplicates();
    assertThat(BenchApplication.all().stream().flatMap(measure -> measure.figures().stream()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aReportIsOneFlatJsonObjectAndOneTable() throws Exception {
    Report report = new Report();
    report.add(
        new Pickup(),
        List.of(
            Figure.beside("pickup_p50", 3, "ms", 2, "a round trip"),
            Figure.alone("journey_commits", 7.5, "")));

    report.write(directory.resolve("results"));

    JsonNode json =
        JsonMapper.builder().build().readTree(directory.resolve("results/latest.json").toFile());
    assertThat(json.propertyNames()).containsExactly("pickup_p50", "journey_commits");
    assertThat(json.get("pickup_p50").get("value").asDouble()).isEqualTo(3);
    assertThat(json.get("pickup_p50").get("unit").asString()).isEqualTo("ms");
    assertThat(json.get("pickup_p50").get("reference").asDouble()).isEqualTo(2);
    assertThat(json.get("pickup_p50").get("ratio").asDouble()).isEqualTo(1.5);
    assertThat(json.get("journey_commits").get("reference").isNull()).isTrue();
    assertThat(json.get("journey_commits").get("ratio").isNull()).isTrue();
    assertThat(Files.readString(directory.resolve("results/latest.md")))
        .contains("| `pickup_p50` | 3.00 ms | 2.00 ms: a round trip | 1.50 |")
        .contains("| `journey_commits` | 7.50 |");
  }
}
