package dev.talkmill.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param measures in the order in which they run
 * @param size how much of each
 * @param results where {@code latest.json} and {@code latest.md} go
 * @param readme whose table is written anew; null to leave it
 */
record Options(List<Measure> measures, Size size, Path results, @Nullable Path readme) {

  private static final Pattern COMMA = Pattern.compile(",");

  Options {
    measures = List.copyOf(measures);
  }

  /** One line for whoever asked. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  /** Reads the words of a command line. */
  static Options parse(List<String> words, List<Measure> all) throws Wrong {
    Set<String> only = new TreeSet<>();
    Size size = Size.FULL;
    Path results = Path.of("results");
    Path readme = null;
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--quick" -> size = Size.QUICK;
        case "--only" -> only.addAll(names(value(words, ++i), all));
        case "--results" -> results = Path.of(value(words, ++i));
        case "--readme" -> readme = Path.of(value(words, ++i));
        default -> throw new Wrong("unknown argument \"" + words.get(i) + "\"");
      }
    }
    if (readme != null && size != Size.FULL) {
      throw new Wrong("--readme wants full sizes: leave out --quick");
    }
    List<Measure> chosen = new ArrayList<>(all);
    if (!only.isEmpty()) {
      chosen.removeIf(measure -> !only.contains(measure.name()));
    }
    return new Options(chosen, size, results, readme);
  }

  private static String value(List<String> words, int at) throws Wrong {
    if (at >= words.size() || words.get(at).startsWith("--")) {
      throw new Wrong("%s needs a value".formatted(words.get(at - 1)));
    }
    return words.get(at);
  }

  private static List<String> names(String list, List<Measure> all) throws Wrong {
    List<String> names = new ArrayList<>();
    for (String wanted : COMMA.split(list, -1)) {
      names.add(
          all.stream()
              .map(Measure::name)
              .filter(name -> plain(name).equals(plain(wanted)))
              .findFirst()
              .orElseThrow(() -> unknown(wanted, all)));
    }
    return names;
  }

  private static Wrong unknown(String wanted, List<Measure> all) {
    return new Wrong(
        "there is no measure \"%s\"; there are %s"
            .formatted(wanted, all.stream().map(Measure::name).collect(Collectors.joining(", "))));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
  }
}
