package dev.talkmill.chaos;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code run [--quick|--full|--nightly] [--seed NUMBER] [--mutants | --mutant NAME] [--readme
 * FILE]}: breaks and checks. Ends with 0 where everything was kept, or every mutant was caught;
 * with 1 where something was not or the run could not be made, and with 2 on wrong usage.
 */
public final class ChaosApplication {

  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final Options options;
  private final PrintStream out;
  private final PrintStream err;

  private ChaosApplication(Options options, PrintStream out, PrintStream err) {
    this.options = options;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  private static int run(List<String> words, PrintStream out, PrintStream err) {
    try {
      Options options = Options.parse(words);
      ChaosApplication application = new ChaosApplication(options, out, err);
      return options.mutants().isEmpty() ? application.honest() : application.mutants();
    } catch (Options.Wrong wrong) {
      err.println("chaos: " + wrong.getMessage() + ". See ops/chaos/run --help");
      return USAGE;
    } catch (Exception failed) { // A fault may break the run in any way; it says which.
      err.println("chaos: the run failed.");
      failed.printStackTrace(err);
      return FAILED;
    }
  }

  private int honest() throws Exception {
    long began = System.nanoTime();
    Checker.Answer answer = run(options.size().orElse(Size.QUICK), Optional.empty());
    if (answer.good() && options.readme().isPresent()) {
      new ReadmeTable(answer.lines(), System.nanoTime() - began).write(options.readme().get());
      out.println("Written to " + options.readme().get());
      out.println(answer.lines().getLast());
    }
    return answer.good() ? 0 : FAILED;
  }

  /** Each in a run of its own; all of them must be caught. */
  private int mutants() throws Exception {
    List<String> verdicts = new ArrayList<>();
    boolean caught = true;
    for (Mutant mutant : options.mutants()) {
      Size size = options.size().orElse(mutant.size());
      Checker.Answer answer = run(size, Optional.of(mutant));
      caught &= answer.good();
      verdicts.add(
          "mutant %s: %s by the promise %s"
              .formatted(mutant, answer.good() ? "caught" : "NOT caught", mutant.broken()));
    }
    verdicts.forEach(out::println);
    return caught ? 0 : FAILED;
  }

  private Checker.Answer run(Size size, Optional<Mutant> mutant) throws Exception {
    out.println("seed " + options.seed());
    mutant.ifPresent(one -> out.println("mutant " + one));
    try (Limit _ = new Limit(size.limit(), err);
        Stand stand = new Stand(options.directory(), WorkerCommand.packagedJar(), mutant, out)) {
      new Run(stand, size, options.seed(), mutant).run();
      return Checker.ask(stand, size.expected(), mutant.map(Mutant::broken), out);
    }
  }
}
