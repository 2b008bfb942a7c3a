package dev.talkmill.worker.cli;

import java.util.regex.Pattern;

/** Text of others, made safe to show: it could otherwise move the cursor or worse. */
final class Plain {

  private Plain() {}

  /** Control characters of ASCII and Latin-1, and those that turn the direction of writing. */
  private static final Pattern STEERING =
      Pattern.compile("[\\p{Cc}\\u202a-\\u202e\\u2066-\\u2069]");

  /** The text as one line without such characters; line breaks and tabs become spaces. */
  static String line(String text) {
    return STEERING.matcher(text.replaceAll("[\\r\\n\\t]+", " ")).replaceAll("").strip();
  }
}
