package dev.talkmill.chaos;

import java.io.PrintStream;
import java.util.List;

/**
 * {@code run [--quick|--full|--nightly] [--seed NUMBER] [--mutant NAME]}: breaks and checks. Ends
 * with 0 where everything was kept, with 1 where something was not or the run could not be made,
 * and with 2 on wrong usage.
 */
public final class ChaosApplication {

  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private ChaosApplication() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  private static int run(List<String> words, PrintStream out, PrintStream err) {
    Options options;
    try {
      options = Options.parse(words);
    } catch (Options.Wrong wrong) {
      err.println("chaos: " + wrong.getMessage() + ". See ops/chaos/run --help");
      return USAGE;
    }
    out.println("seed " + options.seed());
    options.mutant().ifPresent(mutant -> out.println("mutant " + mutant));
    try (Limit _ = new Limit(options.size().limit(), err);
        Stand stand =
            new Stand(options.directory(), WorkerCommand.packagedJar(), options.mutant(), out)) {
      new Run(stand, options.size(), options.seed(), options.mutant()).run();
      return Checker.approves(stand, options.size().expected()) ? 0 : FAILED;
    } catch (Exception failed) { // A fault may break the run in any way; it says which.
      err.println("chaos: the run failed.");
      failed.printStackTrace(err);
      return FAILED;
    }
  }
}
