package dev.talkmill.worker.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** The file that settings are read from, if there is one. */
final class SettingsFile {

  static final String YAML = "talkmill.yaml";
  static final String PROPERTIES = "talkmill.properties";

  /** Larger files are not settings; the bound keeps a wrong path from filling the memory. */
  private static final long BYTES_MAX = 1L << 20;

  private SettingsFile() {}

  /**
   * Reads the named file, or the one that lies in {@code directory}.
   *
   * @throws SettingsError if it cannot be read, or holds something else than settings
   */
  static List<PropertySource<?>> read(@Nullable Path named, Path directory) {
    Optional<Path> file = named == null ? lyingIn(directory) : Optional.of(named);
    if (file.isEmpty()) {
      return List.of();
    }
    List<PropertySource<?>> sources = load(file.get());
    sources.forEach(source -> refuseForeignNames(file.get(), source));
    return sources;
  }

  private static Optional<Path> lyingIn(Path directory) {
    Path yaml = directory.resolve(YAML);
    Path properties = directory.resolve(PROPERTIES);
    if (Files.exists(yaml) && Files.exists(properties)) {
      throw new SettingsError(
          "Both "
              + YAML
              + " and "
              + PROPERTIES
              + " are in "
              + directory
              + ". Keep one, or name one with --settings FILE.");
    }
    return Files.exists(yaml)
        ? Optional.of(yaml)
        : Files.exists(properties) ? Optional.of(properties) : Optional.empty();
  }

  private static List<PropertySource<?>> load(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new SettingsError("The settings file " + file + " does not exist or cannot be read.");
    }
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new SettingsError("The settings file " + file + " is larger than 1 MiB.");
      }
      return loader(file).load(file.toString(), new FileSystemResource(file));
    } catch (IOException | YAMLException | IllegalArgumentException | IllegalStateException wrong) {
      throw new SettingsError(
          "The settings file " + file + " cannot be read: " + oneLine(wrong), wrong);
    }
  }

  private static PropertySourceLoader loader(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return new YamlPropertySourceLoader();
    }
    if (name.endsWith(".properties")) {
      return new PropertiesPropertySourceLoader();
    }
    throw new SettingsError(
        "The name of the settings file " + file + " must end in .yaml, .yml or .properties.");
  }

  private static void refuseForeignNames(Path file, PropertySource<?> source) {
    if (source instanceof EnumerablePropertySource<?> names) {
      for (String name : names.getPropertyNames()) {
        if (!name.startsWith("talkmill.") && !name.startsWith("logging.")) {
          throw SettingsCheck.unknown(
              name + " in " + file,
              name,
              KnownSettings.all().stream().map(KnownSettings.Setting::property).toList());
        }
      }
    }
  }

  private static String oneLine(Exception wrong) {
    String message = wrong.getMessage();
    // The lines after the first quote the file, which may hold secrets.
    String first =
        message == null ? wrong.getClass().getSimpleName() : message.lines().findFirst().orElse("");
    return wrong instanceof MarkedYAMLException marked && marked.getProblemMark() != null
        ? marked.getProblem() + ", line " + (marked.getProblemMark().getLine() + 1)
        : first;
  }
}
