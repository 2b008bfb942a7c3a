package dev.talkmill.worker.cli;

import java.io.PrintStream;
import java.util.List;

/** Lines at the end of a terminal that are drawn over at every change. */
final class LiveBlock {

  private final PrintStream out;
  private List<String> drawn = List.of();

  LiveBlock(PrintStream out) {
    this.out = out;
  }

  /** Shows these lines in place of the last ones. None may be wider than the terminal. */
  void draw(List<String> lines) {
    if (lines.equals(drawn)) {
      return;
    }
    StringBuilder text = new StringBuilder();
    if (!drawn.isEmpty()) {
      text.append("\u001b[").append(drawn.size()).append('A');
    }
    text.append("\r\u001b[J");
    lines.forEach(line -> text.append(line).append('\n'));
    out.print(text);
    out.flush();
    drawn = List.copyOf(lines);
  }

  /** Lets the lines stand; the next ones are drawn below. */
  void keep() {
    drawn = List.of();
  }

  /** Takes the lines away. */
  void clear() {
    if (!drawn.isEmpty()) {
      draw(List.of());
    }
  }
}
