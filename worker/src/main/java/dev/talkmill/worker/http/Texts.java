package dev.talkmill.worker.http;

/** What is done to every text that comes in. */
final class Texts {

  private static final int SHOWN_CHARS = 60;

  private Texts() {}

  /**
   * Drops NUL, which PostgreSQL refuses for ever, and replaces halves of surrogate pairs, which no
   * encoding can carry.
   */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(point -> point != 0)
        .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** A client's own text on its way into a message: short, and without control characters. */
  static String shown(String text) {
    String clean = clean(text).replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= SHOWN_CHARS ? clean : clean.substring(0, SHOWN_CHARS - 1) + "…";
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
