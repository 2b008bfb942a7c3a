package dev.talkmill.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  private static Options parse(String... words) throws Options.Wrong {
    return Options.parse(List.of(words), BenchApplication.all());
  }

  private static void assertRefused(String message, String... words) {
    assertThatThrownBy(() -> parse(words)).isInstanceOf(Options.Wrong.class).hasMessage(message);
  }

  @Test
  void withoutOptionsAllIsMeasuredInFull() throws Exception {
    Options options = parse();
    assertThat(options.measures()).hasSameSizeAs(BenchApplication.all());
    assertThat(options.size()).isEqualTo(Size.FULL);
    assertThat(options.readme()).isNull();
  }

  @Test
  void onlyTheNamedAreMeasured() throws Exception {
    Options options = parse("--quick", "--only", "journeys,pickup", "--only", "ColdStart");
    assertThat(options.measures())
        .extracting(Measure::name)
        .containsExactly("pickup", "journeys", "cold_start");
    assertThat(options.size()).isEqualTo(Size.QUICK);
  }

  @Test
  void whatIsWrongIsSaidInOneLine() {
    assertRefused("unknown argument \"--fast\"", "--fast");
    assertRefused("--only needs a value", "--only");
    assertRefused("--only needs a value", "--only", "--quick");
    assertThatThrownBy(() -> parse("--only", "pickups"))
        .isInstanceOf(Options.Wrong.class)
        .hasMessageStartingWith("there is no measure \"pickups\"; there are pickup, overhead");
    assertThatThrownBy(() -> parse("--only", "")).isInstanceOf(Options.Wrong.class);
  }

  @Test
  void theReadmeShowsFullSizesOnly() throws Exception {
    assertThat(parse("--readme", "README.md").readme()).isEqualTo(Path.of("README.md"));
    assertRefused(
        "--readme wants full sizes: leave out --quick", "--readme", "README.md", "--quick");
  }

  @Test
  void helpAndReadmeNameEveryMeasureAndTheReadmeEveryFigure() throws Exception {
    Path bench = WorkerJava.checkout().resolve("ops/bench");
    String help = Files.readString(bench.resolve("help.txt"));
    String readme = Files.readString(bench.resolve("README.md"));
    for (Measure measure : BenchApplication.all()) {
      assertThat(help).contains(measure.name());
      assertThat(readme).contains("`" + measure.name() + "`");
      for (String figure : measure.figures()) {
        String family = figure.replaceFirst("^sweep_.+_at_", "sweep_NAME_at_");
        assertThat(readme).contains("`" + family + "`");
      }
    }
  }
}
