package dev.talkmill.chaos;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for.
 *
 * @param seed of the schedule of faults
 * @param mutant a promise to break; empty for an honest run
 * @param directory below which the run keeps its files
 */
record Options(Size size, long seed, Optional<Mutant> mutant, Path directory) {

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
    Size size = Size.QUICK;
    long seed = SEED;
    Optional<Mutant> mutant = Optional.empty();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--quick" -> size = Size.QUICK;
        case "--full" -> size = Size.FULL;
        case "--nightly" -> size = Size.NIGHTLY;
        case "--seed" -> seed = seed(words, ++i);
        case "--mutant" -> mutant = Optional.of(mutant(words, ++i));
        default -> throw new Wrong("unknown argument \"" + words.get(i) + "\"");
      }
    }
    return new Options(size, seed, mutant, Path.of(System.getProperty("java.io.tmpdir")));
  }

  private static Mutant mutant(List<String> words, int at) throws Wrong {
    String name = at < words.size() ? words.get(at) : "";
    return Arrays.stream(Mutant.values())
        .filter(mutant -> mutant.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new Wrong("--mutant needs one of " + Arrays.toString(Mutant.values())));
  }

  private static long seed(List<String> words, int at) throws Wrong {
    try {
      return Long.parseLong(at < words.size() ? words.get(at) : "");
    } catch (NumberFormatException e) {
      throw new Wrong("--seed needs a whole number");
    }
  }
}
