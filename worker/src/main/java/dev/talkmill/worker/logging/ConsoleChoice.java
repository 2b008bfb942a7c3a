package dev.talkmill.worker.logging;

import ch.qos.logback.core.PropertyDefinerBase;
import java.io.Console;
import org.jspecify.annotations.Nullable;

/**
 * Names the file that makes the console's appender: plain lines on a terminal, structured ones
 * where a collector reads. A {@code logging.structured.format.console} that is set decides for
 * structured ones.
 */
public final class ConsoleChoice extends PropertyDefinerBase {

  /** Set by the launcher, which asks {@code test -t 1}. */
  private static final String TERMINAL = "talkmill.cli.tty.out";

  private String format = "";

  /** The structured format that is set, or an empty text. Called by Logback. */
  public void setFormat(@Nullable String format) {
    this.format = format == null ? "" : format;
  }

  @Override
  public String getPropertyValue() {
    return format.isBlank() && isTerminal() ? "console-plain" : "console-structured";
  }

  @SuppressWarnings("SystemConsoleNull") // Null it is again from version 25 on, off a terminal.
  private static boolean isTerminal() {
    String told = System.getProperty(TERMINAL);
    if (told != null) {
      return Boolean.parseBoolean(told);
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
