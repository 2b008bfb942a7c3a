package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.NearestName;
import dev.talkmill.worker.settings.SettingsError;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** Runs one command and says how it ended. */
public final class Cli {

  /** Often enough for a smooth display, seldom enough not to be seen in the worker's load. */
  private static final Duration POLL = Duration.ofMillis(250);

  private static final List<String> COMMANDS =
      List.of("demo", "transcribe", "serve", "key", "help", "version");

  private final Context context;

  Cli(Context context) {
    this.context = context;
  }

  /**
   * Runs a command to its end. A signal stops it: then what it started is closed before the process
   * ends.
   *
   * @return the exit code: 0 ok, 1 a recording could not be (wholly) transcribed, 2 wrong usage, 3
   *     could not start. After a signal nobody sees it: the JVM ends with 128 and the signal's
   *     number, 130 for SIGINT and 143 for SIGTERM
   */
  public static int run(String[] args, Terminal terminal, WorkerStarter starter) {
    try (StopSignal stop = StopSignal.ofShutdown()) {
      Context context =
          new Context(
              terminal,
              starter,
              InstantSource.system(),
              Path.of("").toAbsolutePath(),
              stop,
              POLL,
              SampleConversation.BUNDLED);
      return new Cli(context).run(args);
    }
  }

  int run(String... args) {
    ExitCode exitCode;
    try {
      exitCode = dispatch(args);
    } catch (CommandFailure failure) {
      exitCode = explain(failure.exitCode(), failure);
    } catch (SettingsError wrong) {
      exitCode = explain(ExitCode.COULD_NOT_START, wrong);
    } catch (DoorProblem refused) {
      exitCode = explain(ExitCode.RECORDING_FAILED, refused);
    } catch (StoppedException stopped) {
      context.terminal().err().println("talkmill: stopped.");
      exitCode = ExitCode.STOPPED;
    }
    context.terminal().out().flush();
    context.terminal().err().flush();
    return exitCode.number();
  }

  private ExitCode dispatch(String[] args) {
    if (args.length == 0) {
      new HelpCommand(context).print();
      return ExitCode.USAGE;
    }
    List<String> rest = Arrays.asList(args).subList(1, args.length);
    if (rest.contains("--help") || rest.contains("-h")) {
      return new HelpCommand(context).run(List.of(args[0]));
    }
    return switch (args[0]) {
      case "demo" -> new DemoCommand(context).run(rest);
      case "transcribe" -> new TranscribeCommand(context).run(rest);
      case "serve" -> new ServeCommand(context).run(rest);
      case "key" -> new HelpCommand(context).run(List.of("key"));
      case "help", "--help", "-h" -> new HelpCommand(context).run(rest);
      case "version", "--version", "-V" -> new HelpCommand(context).version();
      default -> throw unknown(args[0]);
    };
  }

  private static CommandFailure unknown(String command) {
    String hint =
        NearestName.of(command, COMMANDS).map(near -> " Did you mean " + near + "?").orElse("");
    return CommandFailure.usage(
        "There is no command \"" + command + "\"." + hint + " ./talkmill help lists them.");
  }

  private ExitCode explain(ExitCode exitCode, RuntimeException failure) {
    context.terminal().err().println("talkmill: " + failure.getMessage());
    return exitCode;
  }
}
