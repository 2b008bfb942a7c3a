package dev.talkmill.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTableTest {

  private static final ReadmeTable WRITER =
      new ReadmeTable(new Machine(2, "24 GB", "Linux amd64", "25.0.1"));

  @TempDir Path directory;
  private Path readme;

  @BeforeEach
  void makeReadme() throws IOException {
    readme = directory.resolve("README.md");
    Files.writeString(readme, "# Mill\n\n## Before\n\nfirst\n\n" + ReadmeTable.NEXT + "\n\nlast\n");
  }

  /** What a run writes. */
  private Path latest(Figure... figures) throws IOException {
    Report report = new Report();
    report.add(new Pickup(), List.of(figures));
    report.write(directory);
    return directory.resolve("latest.json");
  }

  @Test
  void theSectionIsMadeOnceAndItsTableWrittenAnew() throws IOException {
    WRITER.write(readme, latest(Figure.beside("pickup_p50", 3, "ms", 2, "LISTEN")));
    String first = Files.readString(readme);
    assertThat(first)
        .startsWith("# Mill\n\n## Before\n\nfirst\n\n## Performance\n\n")
        .contains(
            "| chunk accepted to handler started, idle, p50 | 3.00 ms | 2.00 ms: LISTEN | 1.50 |")
        .contains("Measured on 2 cores, 24 GB, Linux amd64, Java 25.0.1.\n\n")
        .contains("\nops/bench/run ")
        .endsWith("\n\n" + ReadmeTable.NEXT + "\n\nlast\n");

    WRITER.write(readme, latest(Figure.beside("pickup_p50", 4, "ms", 2, "$1 \\ LISTEN")));
    assertThat(Files.readString(readme))
        .isEqualTo(
            first.replace(
                "3.00 ms | 2.00 ms: LISTEN | 1.50", "4.00 ms | 2.00 ms: $1 \\ LISTEN | 2.00"));
  }

  @Test
  void aFigureWithoutReferenceHasNoRatioAndWhatWasNotMeasuredHasNoLine() throws IOException {
    WRITER.write(
        readme,
        latest(Figure.alone("rest_rss_mib", 412.4, "MiB"), Figure.alone("not_a_headline", 1, "")));
    assertThat(Files.readString(readme))
        .contains(
            "|---|---|---|---|\n| memory at rest, PostgreSQL included | 412 MiB |  |  |\n<!--")
        .doesNotContain("pickup", "not_a_headline");
  }

  @Test
  void aReadmeWithoutAPlaceForTheTableIsLeftAsItIs() throws IOException {
    Files.writeString(readme, "# Mill\n");
    Path latest = latest(Figure.alone("rest_rss_mib", 412.4, "MiB"));
    assertThatThrownBy(() -> WRITER.write(readme, latest))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has neither");
    assertThat(readme).hasContent("# Mill\n");
  }

  @Test
  void theRealReadmeHasAPlaceForTheTable() throws IOException {
    String real = Files.readString(WorkerJava.checkout().resolve("README.md"));
    assertThat(real.contains(ReadmeTable.BEGIN) || real.contains("\n" + ReadmeTable.NEXT + "\n"))
        .isTrue();
  }
}
