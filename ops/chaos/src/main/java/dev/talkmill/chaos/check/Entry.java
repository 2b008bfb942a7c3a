package dev.talkmill.chaos.check;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One line of a log that is synced to the disk before anybody goes on: what a client was told, or a
 * fault that was made. Words are separated by tabs, the first is when, in milliseconds of the
 * epoch.
 */
public sealed interface Entry {

  Pattern TAB = Pattern.compile("\t");
  Pattern COMMA = Pattern.compile(",");

  long atMillis();

  /** A chunk was answered 202. */
  record Chunk(
      long atMillis, UUID conversation, UUID chunk, int number, ChunkKind kind, String sha256)
      implements Entry {}

  /** No more chunks of a conversation, answered 202. */
  record Finished(long atMillis, UUID conversation) implements Entry {}

  /** The same of one of a herd that came at once: when it is done says how long the herd is. */
  record HerdFinished(long atMillis, UUID conversation) implements Entry {}

  /**
   * A conversation was said to be settled.
   *
   * @param numbers that its transcript said then
   */
  record Settled(long atMillis, UUID conversation, Set<Integer> numbers) implements Entry {}

  /** A request was refused that nothing but a loss makes wrong. */
  record Refused(long atMillis, String answer) implements Entry {}

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

  /**
   * What the providers would charge for.
   *
   * @param calls that were received since the bill before
   * @param answered of them, as they should be
   * @param needed of these, the first ones that asked what they asked
   */
  record Bill(long atMillis, String phase, long calls, long answered, long needed)
      implements Entry {}

  /** All went on after a fault. */
  record Recovered(long atMillis, FaultKind kind, long millis) implements Entry {}

  /** What {@link #parse} reads. */
  default String line() {
    return switch (this) {
      case Chunk c ->
          join(c.atMillis, "chunk", c.conversation, c.chunk, c.number, c.kind, c.sha256);
      case Finished f -> join(f.atMillis, "finished", f.conversation);
      case HerdFinished f -> join(f.atMillis, "herd", f.conversation);
      case Settled s ->
          join(
              s.atMillis,
              "settled",
              s.conversation,
              s.numbers.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
      case Refused r -> join(r.atMillis, "refused", r.answer.replaceAll("\\s+", " "));
      case Erasing e -> join(e.atMillis, "erasing", e.conversation);
      case Erased e -> join(e.atMillis, "erased", e.conversation);
      case Fault f -> join(f.atMillis, "fault", f.kind, f.detail);
      case Bill b -> join(b.atMillis, "bill", b.phase, b.calls, b.answered, b.needed);
      case Recovered r -> join(r.atMillis, "recovered", r.kind, r.millis);
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
    List<String> words = List.of(TAB.split(line, -1));
    long at = Long.parseLong(words.get(0));
    String subject = words.get(2);
    return switch (words.get(1)) {
      case "chunk" -> chunk(at, words);
      case "finished" -> new Finished(at, UUID.fromString(subject));
      case "herd" -> new HerdFinished(at, UUID.fromString(subject));
      case "settled" -> new Settled(at, UUID.fromString(subject), numbers(words.get(3)));
      case "refused" -> new Refused(at, subject);
      case "erasing" -> new Erasing(at, UUID.fromString(subject));
      case "erased" -> new Erased(at, UUID.fromString(subject));
      case "fault" -> new Fault(at, FaultKind.valueOf(subject), words.get(3));
      case "bill" -> new Bill(at, subject, number(words, 3), number(words, 4), number(words, 5));
      case "recovered" -> new Recovered(at, FaultKind.valueOf(subject), number(words, 3));
      default -> throw new IllegalArgumentException("not a line of this log: " + line);
    };
  }

  private static Chunk chunk(long at, List<String> words) {
    return new Chunk(
        at,
        UUID.fromString(words.get(2)),
        UUID.fromString(words.get(3)),
        Integer.parseInt(words.get(4)),
        ChunkKind.valueOf(words.get(5)),
        words.get(6));
  }

  private static long number(List<String> words, int at) {
    return Long.parseLong(words.get(at));
  }

  private static Set<Integer> numbers(String words) {
    return COMMA
        .splitAsStream(words)
        .filter(word -> !word.isEmpty())
        .map(Integer::valueOf)
        .collect(Collectors.toSet());
  }
}
