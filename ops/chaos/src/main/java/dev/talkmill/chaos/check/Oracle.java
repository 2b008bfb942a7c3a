package dev.talkmill.chaos.check;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must be in the transcript of a chunk, known from its number alone. */
public final class Oracle {

  private static final Pattern SAID = Pattern.compile("number (\\d{1,9}) was said");

  private Oracle() {}

  /** What a provider writes down for a number. */
  public static String words(int number) {
    return "number " + number + " was said";
  }

  /** The numbers that a text says. */
  public static Set<Integer> numbers(String text) {
    return SAID.matcher(text)
        .results()
        .map(said -> Integer.valueOf(said.group(1)))
        .collect(Collectors.toSet());
  }
}
