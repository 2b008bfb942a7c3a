package dev.talkmill.chaos;

import java.nio.file.Path;
import java.util.List;

/**
 * What was asked for.
 *
 * @param seed of the schedule of faults
 * @param directory below which the run keeps its files
 */
record Options(Size size, long seed, Path directory) {

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
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--quick" -> size = Size.QUICK;
        case "--full" -> size = Size.FULL;
        case "--nightly" -> size = Size.NIGHTLY;
        case "--seed" -> seed = seed(words, ++i);
        default -> throw new Wrong("unknown argument \"" + words.get(i) + "\"");
      }
    }
    return new Options(size, seed, Path.of(System.getProperty("java.io.tmpdir")));
  }

  private static long seed(List<String> words, int at) throws Wrong {
    try {
      return Long.parseLong(at < words.size() ? words.get(at) : "");
    } catch (NumberFormatException e) {
      throw new Wrong("--seed needs a whole number");
    }
  }
}
