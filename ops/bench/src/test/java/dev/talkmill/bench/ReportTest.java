package dev.talkmill.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  @TempDir Path directory;

  @Test
  void whatWasNotMeasuredAgainStaysAsItWasWritten() throws IOException {
    Report first = new Report();
    first.add(new Pickup(), List.of(Figure.beside("pickup_p50", 3, "ms", 2, "LISTEN")));
    first.add(
        new ColdStart(),
        List.of(
            Figure.beside("cold_start_ms", 5_000, "ms", 150, "PostgreSQL"),
            Figure.alone("rest_rss_mib", 412.4, "MiB")));
    first.write(directory);
    String json = Files.readString(directory.resolve("latest.json"));
    String table = Files.readString(directory.resolve("latest.md"));

    Report again = Report.over(directory, BenchApplication.all());
    again.write(directory);
    assertThat(directory.resolve("latest.json")).hasContent(json);
    assertThat(directory.resolve("latest.md")).hasContent(table);

    again.add(new Pickup(), List.of(Figure.beside("pickup_p50", 4, "ms", 2, "LISTEN")));
    again.write(directory);
    assertThat(directory.resolve("latest.md"))
        .hasContent(
            table.replace("3.00 ms | 2.00 ms: LISTEN | 1.50", "4.00 ms | 2.00 ms: LISTEN | 2.00"));
  }

  @Test
  void withoutResultsThereIsNothingToKeep() throws IOException {
    Report none = Report.over(directory, BenchApplication.all());
    assertThat(none.flat()).isEmpty();
    none.add(new Pickup(), List.of(Figure.alone("pickup_p50", 3, "ms")));
    assertThat(none.without(List.of(new Pickup(), new Journeys()))).containsExactly("journeys");
  }
}
