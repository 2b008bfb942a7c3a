package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.NearestName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The words of a command line.
 *
 * @param words all that are no options
 * @param options values by name without dashes
 * @param settings values of {@code --talkmill.name=value} by property name
 */
record Arguments(List<String> words, Map<String, String> options, Map<String, String> settings) {

  private static final String SETTING = "--talkmill.";
  private static final String SETTINGS_FILE = "settings";

  Arguments {
    words = List.copyOf(words);
    options = Map.copyOf(options);
    settings = Map.copyOf(settings);
  }

  /**
   * Reads what follows a command's name. After {@code --} everything is a word.
   *
   * @param known options of the command that take a value; {@code settings} is known to all
   */
  static Arguments parse(List<String> args, Set<String> known) {
    List<String> words = new ArrayList<>();
    Map<String, String> options = new LinkedHashMap<>();
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--")) {
        words.addAll(args.subList(i + 1, args.size()));
        break;
      } else if (arg.startsWith(SETTING)) {
        addSetting(settings, arg);
      } else if (arg.startsWith("-") && arg.length() > 1) {
        String next = i + 1 < args.size() ? args.get(i + 1) : null;
        i += addOption(options, arg, next, known);
      } else {
        words.add(arg);
      }
    }
    return new Arguments(words, options, settings);
  }

  private static void addSetting(Map<String, String> settings, String arg) {
    int equals = arg.indexOf('=');
    if (equals < 0) {
      throw CommandFailure.usage(arg + " needs a value: " + arg + "=VALUE");
    }
    settings.put(arg.substring(2, equals), arg.substring(equals + 1));
  }

  /** Returns how many further arguments the option took. */
  private static int addOption(
      Map<String, String> options, String arg, @Nullable String next, Set<String> known) {
    int equals = arg.indexOf('=');
    String name = (equals < 0 ? arg : arg.substring(0, equals)).replaceFirst("^--", "");
    if (!known.contains(name) && !name.equals(SETTINGS_FILE)) {
      throw unknown(equals < 0 ? arg : arg.substring(0, equals), known);
    }
    if (equals < 0 && next == null) {
      throw CommandFailure.usage(arg + " needs a value: " + arg + " VALUE");
    }
    options.put(name, equals < 0 && next != null ? next : arg.substring(equals + 1));
    return equals < 0 ? 1 : 0;
  }

  private static CommandFailure unknown(String option, Set<String> known) {
    List<String> dashed =
        Stream.concat(known.stream(), Stream.of(SETTINGS_FILE)).map(name -> "--" + name).toList();
    String hint =
        NearestName.of(option, dashed).map(near -> " Did you mean " + near + "?").orElse("");
    return CommandFailure.usage(
        "The option "
            + option
            + " is not known."
            + hint
            + " A file whose name starts with a dash goes after --.");
  }

  Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  /** The settings file that was named, made absolute. */
  @Nullable Path settingsFile(Path directory) {
    String name = options.get(SETTINGS_FILE);
    return name == null ? null : path(directory, name);
  }

  static Path path(Path directory, String name) {
    try {
      return directory.resolve(name).normalize();
    } catch (InvalidPathException invalid) {
      throw CommandFailure.usage("\"" + name + "\" is not a path: " + invalid.getReason() + ".");
    }
  }

  void refuseWords(String command) {
    if (!words.isEmpty()) {
      throw CommandFailure.usage(
          command + " takes no files, but was given \"" + words.getFirst() + "\".");
    }
  }
}
