package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTableTest {

  private static final List<String> LINES =
      List.of(
          "provider calls, of phase E: 9 received",
          "calls=90 answered=80 needed=79 commits_unheard=7 postgres_back_s=1.5 herd=3 herd_s=2.0"
              + " p99_with_outages_s=48 worst_converge_s=50 after_last_fault_s=12",
          "acknowledged=303 lost=0 duplicated=0 stuck=0 kills=19 pg_stops=3 zombies=2"
              + " stale_tried=22 stale_landed=0 p99_converge_s=46");

  @TempDir Path directory;

  @Test
  void whatStandsBetweenTheCommentsIsReplacedByTheRunsOwnFigures() throws IOException {
    Path readme = directory.resolve("README.md");
    Files.writeString(
        readme, "before\n" + ReadmeTable.BEGIN + "\nold\n" + ReadmeTable.END + "\nafter\n");
    new ReadmeTable(LINES, TimeUnit.MINUTES.toNanos(3)).write(readme);
    assertThat(readme)
        .content()
        .startsWith("before\n")
        .endsWith("\nafter\n")
        .contains("3 minutes", "| chunks acknowledged | 303 |", "| of them lost | 0 |")
        .doesNotContain("\nold\n");
  }

  @Test
  void withoutAFigureOrAPlaceNothingIsWritten() throws IOException {
    Path readme = Files.writeString(directory.resolve("README.md"), "no comments here");
    assertThatThrownBy(() -> new ReadmeTable(LINES, 1).write(readme))
        .isInstanceOf(IOException.class);
    Files.writeString(readme, ReadmeTable.BEGIN + ReadmeTable.END);
    assertThatThrownBy(() -> new ReadmeTable(List.of("lost=0"), 1).write(readme))
        .hasMessageContaining("kills");
  }
}
