package dev.talkmill.worker.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.worker.settings.KnownSettings;
import dev.talkmill.worker.settings.Settings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** README.md against the code. */
class ReadmeTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(TALKMILL_[A-Z0-9_]+)` \\| (?:`([^`]*)` )?\\| \\S.* \\|$");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");

  @Test
  void everySettingIsListedOnceWithItsDefault() throws IOException {
    Map<String, String> listed = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(ROOT.resolve("README.md")));
    while (row.find()) {
      String before = listed.put(row.group(1), row.group(2) == null ? "" : row.group(2));
      assertThat(before).as("%s is listed twice", row.group(1)).isNull();
    }

    Map<String, String> defaults = defaults();
    Map<String, String> known = new TreeMap<>();
    KnownSettings.all()
        .forEach(setting ->
            known.put(
                setting.variable(), defaults.getOrDefault(canonical(setting.property()), "")));
    assertThat(listed).isEqualTo(known);
  }

  @Test
  void everyLinkOfTheDocumentsLeadsToAFile() throws IOException {
    List<Path> documents;
    try (Stream<Path> below =
        Stream.of("docs", "ops/runbooks").map(ROOT::resolve).flatMap(ReadmeTest::list)) {
      documents =
          Stream.concat(
                  below,
                  Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve))
              .filter(file -> file.toString().endsWith(".md"))
              .toList();
    }
    assertThat(documents).hasSizeGreaterThan(5);
    for (Path document : documents) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        if (!link.group(1).startsWith("http")) {
          assertThat(document.resolveSibling(link.group(1))).as("link in %s", document).exists();
        }
      }
    }
  }

  private static Stream<Path> list(Path folder) {
    try {
      return Files.list(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    for (RecordComponent group : Settings.class.getRecordComponents()) {
      String prefix = group.getType().getAnnotation(ConfigurationProperties.class).value();
      Arrays.stream(group.getType().getRecordComponents())
          .filter(component -> component.isAnnotationPresent(DefaultValue.class))
          .forEach(component ->
              defaults.put(
                  canonical(prefix + "." + component.getName()),
                  component.getAnnotation(DefaultValue.class).value()[0]));
    }
    return defaults;
  }

  private static String canonical(String property) {
    return property.replace("-", "").toLowerCase(Locale.ROOT);
  }
}
