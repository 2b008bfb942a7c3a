package dev.talkmill.chaos.check;

import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * One line of a log that is synced to the disk before anybody goes on: what a client was told, or a
 * fault that was made. Words are separated by tabs, the first is when, in milliseconds of the
 * epoch.
 */
public sealed interface Entry {

  Pattern TAB = Pattern.compile("\t");

  long atMillis();

  /** A chunk was answered 202. */
  record Chunk(long atMillis, UUID conversation, UUID chunk, int number, String sha256)
      implements Entry {}

  /** No more chunks of a conversation, answered 202. */
  record Finished(long atMillis, UUID conversation) implements Entry {}

  /** The erasure of a conversation was asked for; from here on it may or may not be there. */
  record Erasing(long atMillis, UUID conversation) implements Entry {}

  /** The erasure of a conversation was answered 202. */
  record Erased(long atMillis, UUID conversation) implements Entry {}

  /**
   * Something was broken.
   *
   * @param detail a crash point, how PostgreSQL was stopped, and the like
   */
  record Fault(long atMillis, FaultKind kind, String detail) implements Entry {}

  /** What {@link #parse} reads. */
  default String line() {
    return switch (this) {
      case Chunk c -> join(c.atMillis, "chunk", c.conversation, c.chunk, c.number, c.sha256);
      case Finished f -> join(f.atMillis, "finished", f.conversation);
      case Erasing e -> join(e.atMillis, "erasing", e.conversation);
      case Erased e -> join(e.atMillis, "erased", e.conversation);
      case Fault f -> join(f.atMillis, "fault", f.kind, f.detail);
    };
  }

  private static String join(Object... words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) {
      line.append(line.isEmpty() ? "" : "\t").append(word);
    }
    return line.toString();
  }

  /** Reads a whole line. */
  static Entry parse(String line) {
    List<String> words = TAB.splitAsStream(line).toList();
    long at = Long.parseLong(words.get(0));
    String subject = words.get(2);
    return switch (words.get(1)) {
      case "chunk" ->
          new Chunk(
              at,
              UUID.fromString(subject),
              UUID.fromString(words.get(3)),
              Integer.parseInt(words.get(4)),
              words.get(5));
      case "finished" -> new Finished(at, UUID.fromString(subject));
      case "erasing" -> new Erasing(at, UUID.fromString(subject));
      case "erased" -> new Erased(at, UUID.fromString(subject));
      case "fault" -> new Fault(at, FaultKind.valueOf(subject), words.get(3));
      default -> throw new IllegalArgumentException("not a line of this log: " + line);
    };
  }
}
