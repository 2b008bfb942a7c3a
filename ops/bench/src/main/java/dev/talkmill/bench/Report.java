package dev.talkmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The figures of a run as a table, and as a flat JSON object. */
final class Report {

  private final List<Section> sections = new ArrayList<>();

  private record Section(Measure measure, List<Figure> figures) {}

  /**
   * A report whose figures stay as they were last written, until their measure is made again.
   *
   * @param directory of {@code latest.json}, if there is one
   */
  static Report over(Path directory, List<Measure> all) throws IOException {
    Report report = new Report();
    Path latest = directory.resolve("latest.json");
    if (Files.exists(latest)) {
      JsonNode written = JsonMapper.builder().build().readTree(Files.readString(latest));
      for (Measure measure : all) {
        List<String> names = measure.figures().stream().filter(written::has).toList();
        report.add(measure, names.stream().map(name -> read(name, written.get(name))).toList());
      }
    }
    return report;
  }

  private static Figure read(String name, JsonNode written) {
    double value = written.get("value").asDouble();
    String unit = written.get("unit").asString();
    return written.get("reference").isNull()
        ? Figure.alone(name, value, unit)
        : Figure.beside(
            name,
            value,
            unit,
            written.get("reference").asDouble(),
            written.get("against").asString());
  }

  /** Adds a measure's figures, in place of those that it gave before. */
  void add(Measure measure, List<Figure> figures) {
    Section added = new Section(measure, List.copyOf(figures));
    for (int i = 0; i < sections.size(); i++) {
      if (sections.get(i).measure().name().equals(measure.name())) {
        sections.set(i, added);
        return;
      }
    }
    sections.add(added);
  }

  /** Measures that have given no figures. */
  List<String> without(List<Measure> all) {
    return all.stream()
        .map(Measure::name)
        .filter(name ->
            sections.stream()
                .noneMatch(has -> has.measure().name().equals(name) && !has.figures().isEmpty()))
        .toList();
  }

  /** A Markdown table, one figure a line. */
  String markdown() {
    StringBuilder table = new StringBuilder();
    table.append("| figure | value | reference | ratio | what |\n|---|---|---|---|---|\n");
    for (Section section : sections) {
      for (Figure figure : section.figures()) {
        table.append(line(section.measure(), figure));
      }
    }
    return table.toString();
  }

  private static String line(Measure measure, Figure figure) {
    Double reference = figure.reference();
    Double ratio = figure.ratio();
    return "| `%s` | %s | %s | %s | %s |\n"
        .formatted(
            figure.name(),
            amount(figure.value(), figure.unit()),
            reference == null ? "" : amount(reference, figure.unit()) + ": " + figure.against(),
            ratio == null ? "" : number(ratio),
            measure.question());
  }

  static String amount(double value, String unit) {
    return (number(value) + " " + unit).strip();
  }

  /** Three digits that count. */
  static String number(double value) {
    if (Math.abs(value) >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }

  /** Name to value, unit, reference, ratio, and what the reference is; null where there is none. */
  Map<String, Map<String, Object>> flat() {
    Map<String, Map<String, Object>> flat = new LinkedHashMap<>();
    for (Section section : sections) {
      for (Figure figure : section.figures()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("value", figure.value());
        one.put("unit", figure.unit());
        put(one, "reference", figure.reference());
        put(one, "ratio", figure.ratio());
        put(one, "against", figure.against());
        flat.put(figure.name(), one);
      }
    }
    return flat;
  }

  @SuppressWarnings("NullAway") // JSON has null.
  private static void put(
      Map<String, Object> one, String name, @org.jspecify.annotations.Nullable Object value) {
    one.put(name, value);
  }

  /** Writes {@code latest.json} and {@code latest.md}. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    JsonMapper json = JsonMapper.builder().build();
    Files.writeString(
        directory.resolve("latest.json"),
        json.writerWithDefaultPrettyPrinter().writeValueAsString(flat()) + "\n");
    Files.writeString(directory.resolve("latest.md"), markdown());
  }
}
