package dev.talkmill.chaos;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for.
 *
 * @param size empty for the quick run, or for what shows a mutant
 * @param seed of the schedule of faults
 * @param mutants promises to break, a run each; empty for an honest run
 * @param directory below which the run keeps its files
 * @param readme whose table is written anew, if it is
 */
record Options(
    Optional<Size> size, long seed, List<Mutant> mutants, Path directory, Optional<Path> readme) {

  private static final long SEED = 20_261_120;

  /** One line for whoever asked. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  /** Reads the words of a command line. */
  static Options parse(List<String> words) throws Wrong {
    Optional<Size> size = Optional.empty();
    long seed = SEED;
    List<Mutant> mutants = List.of();
    Optional<Path> readme = Optional.empty();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--quick" -> size = Optional.of(Size.QUICK);
        case "--full" -> size = Optional.of(Size.FULL);
        case "--nightly" -> size = Optional.of(Size.NIGHTLY);
        case "--seed" -> seed = seed(value(words, ++i));
        case "--mutant" -> mutants = List.of(mutant(value(words, ++i)));
        case "--mutants" -> mutants = List.of(Mutant.values());
        case "--readme" -> readme = Optional.of(Path.of(value(words, ++i)));
        default -> throw new Wrong("unknown argument \"" + words.get(i) + "\"");
      }
    }
    if (readme.isPresent() && (!size.equals(Optional.of(Size.FULL)) || !mutants.isEmpty())) {
      throw new Wrong("--readme wants a full run: add --full, and no mutant");
    }
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    return new Options(size, seed, mutants, directory, readme);
  }

  private static String value(List<String> words, int at) {
    return at < words.size() ? words.get(at) : "";
  }

  private static Mutant mutant(String name) throws Wrong {
    return Arrays.stream(Mutant.values())
        .filter(mutant -> mutant.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new Wrong("--mutant needs one of " + Arrays.toString(Mutant.values())));
  }

  private static long seed(String word) throws Wrong {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new Wrong("--seed needs a whole number");
    }
  }
}
