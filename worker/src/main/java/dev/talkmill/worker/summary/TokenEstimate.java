package dev.talkmill.worker.summary;

import java.util.ArrayList;
import java.util.List;

/**
 * Tokens of a text, estimated on the safe side: tokenisers of current models need one token for 4
 * characters of English and about 3 of other Latin text, and up to 1.5 for a character of another
 * script.
 */
final class TokenEstimate {

  private static final double ASCII_CHARS_PER_TOKEN = 3.0;
  private static final double TOKENS_PER_OTHER_CHAR = 1.5;

  private TokenEstimate() {}

  static int of(String text) {
    return of(text, 0, text.length());
  }

  private static int of(String text, int from, int to) {
    double tokens = 0;
    for (int i = from; i < to; i++) {
      tokens += cost(text.charAt(i));
    }
    return (int) Math.ceil(tokens);
  }

  private static double cost(char c) {
    return c < 128 ? 1 / ASCII_CHARS_PER_TOKEN : TOKENS_PER_OTHER_CHAR;
  }

  /** The start of a text that takes at most so many tokens. */
  static String start(String text, int tokensMax) {
    double tokens = 0;
    for (int i = 0; i < text.length(); i++) {
      tokens += cost(text.charAt(i));
      if (tokens > tokensMax) {
        return text.substring(0, Character.isLowSurrogate(text.charAt(i)) ? i - 1 : i);
      }
    }
    return text;
  }

  /** Lines joined to parts of at most so many tokens; a line longer than that is cut. */
  static List<String> parts(List<String> lines, int tokensMax) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int tokens = 0;
    for (String line : lines) {
      String rest = line.strip();
      while (!rest.isEmpty()) {
        // At least one character goes on each time, whatever the limit.
        String piece = start(rest, Math.max(2, tokensMax - 1));
        rest = rest.substring(piece.length());
        int cost = of(piece) + 1;
        if (tokens + cost > tokensMax && !part.isEmpty()) {
          parts.add(part.toString());
          part.setLength(0);
          tokens = 0;
        }
        part.append(part.isEmpty() ? "" : "\n").append(piece);
        tokens += cost;
      }
    }
    if (!part.isEmpty()) {
      parts.add(part.toString());
    }
    return parts;
  }
}
