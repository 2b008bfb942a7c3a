package dev.talkmill.worker.summary;

/** Writes a picked piece of speech as a sentence. */
final class Sentences {

  private Sentences() {}

  /** With a capital first and a mark at the end. */
  static String written(String spoken) {
    String text = upperFirst(spoken.strip());
    int last = text.isEmpty() ? -1 : text.codePointBefore(text.length());
    if (last >= 0 && ",;:-–".indexOf(last) >= 0) {
      text = text.substring(0, text.length() - 1).stripTrailing();
      last = text.isEmpty() ? -1 : text.codePointBefore(text.length());
    }
    return last >= 0 && Character.isLetterOrDigit(last) ? text + "." : text;
  }

  static String upperFirst(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return Character.toString(Character.toTitleCase(first))
        + text.substring(Character.charCount(first));
  }
}
