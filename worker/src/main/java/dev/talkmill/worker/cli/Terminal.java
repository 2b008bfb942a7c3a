package dev.talkmill.worker.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.Properties;

/**
 * Where a command writes.
 *
 * @param outLive whether standard output is a terminal on which lines can be redrawn
 * @param errLive the same for standard error
 * @param colour whether colours are wanted
 * @param columns width of the terminal
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    boolean outLive,
    boolean errLive,
    boolean colour,
    int columns) {

  private static final int COLUMNS_DEFAULT = 80;
  private static final int COLUMNS_MIN = 40;
  private static final int COLUMNS_MAX = 500;

  /**
   * The terminal of a process. Whether it is one is asked by the launcher ({@code test -t}) and
   * handed over in the system properties {@code talkmill.cli.tty.out}, {@code talkmill.cli.tty.err}
   * and {@code talkmill.cli.columns}. A variable NO_COLOR that is not empty turns colours off.
   */
  public static Terminal of(
      PrintStream out, PrintStream err, Properties system, Map<String, String> environment) {
    boolean outLive = Boolean.parseBoolean(system.getProperty("talkmill.cli.tty.out"));
    boolean errLive = Boolean.parseBoolean(system.getProperty("talkmill.cli.tty.err"));
    boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty();
    int columns = columns(system.getProperty("talkmill.cli.columns", ""));
    return new Terminal(out, err, outLive, errLive, colour, columns);
  }

  private static int columns(String text) {
    if (!text.matches("[1-9][0-9]{0,3}")) {
      return COLUMNS_DEFAULT;
    }
    return Math.clamp(Integer.parseInt(text), COLUMNS_MIN, COLUMNS_MAX);
  }

  Ink outInk() {
    return new Ink(outLive && colour);
  }

  Ink errInk() {
    return new Ink(errLive && colour);
  }
}
