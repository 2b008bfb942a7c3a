package dev.talkmill.worker.summary;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a transcript into sentences. Recognisers end a segment in the middle of a sentence, so where
 * there is punctuation the whole is read as one text; where there is none, as from the offline
 * recogniser, every segment counts as a sentence.
 */
final class SentenceSplitter {

  /** Longer ones are cut: they come from text without punctuation. */
  static final int SENTENCE_CHARS_MAX = 300;

  /** With fewer ends of sentences than one in so many characters, a text has no punctuation. */
  private static final int PUNCTUATED_CHARS = 400;

  private static final String ENDS = ".!?…。！？";

  private SentenceSplitter() {}

  static List<String> split(List<String> segments, Locale locale) {
    List<String> sentences = new ArrayList<>();
    if (!punctuated(segments)) {
      segments.forEach(segment -> add(segment, sentences));
      return sentences;
    }
    List<String> together = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      if (isPlain(segments, i) && (isPlain(segments, i - 1) || isPlain(segments, i + 1))) {
        breakUp(String.join(" ", together), locale, sentences);
        together.clear();
        add(segments.get(i), sentences);
      } else {
        together.add(segments.get(i));
      }
    }
    breakUp(String.join(" ", together), locale, sentences);
    return sentences;
  }

  /**
   * Whether a segment has neither a capital nor a mark. One alone is the middle of a sentence; two
   * in a row are what a recogniser without punctuation heard, between what people have written.
   */
  private static boolean isPlain(List<String> segments, int index) {
    return index >= 0
        && index < segments.size()
        && segments
            .get(index)
            .codePoints()
            .allMatch(c -> Character.isLowerCase(c) || Character.isWhitespace(c) || c == '\'');
  }

  private static boolean punctuated(List<String> segments) {
    long chars = 0;
    long ends = 0;
    for (String segment : segments) {
      chars += segment.length();
      ends += segment.chars().filter(c -> ENDS.indexOf(c) >= 0).count();
    }
    return ends * PUNCTUATED_CHARS > chars;
  }

  private static void breakUp(String text, Locale locale, List<String> into) {
    BreakIterator sentences = BreakIterator.getSentenceInstance(locale);
    sentences.setText(text);
    int start = sentences.first();
    for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
      add(text.substring(start, end), into);
      start = end;
    }
  }

  private static void add(String sentence, List<String> into) {
    String rest = sentence.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    while (rest.length() > SENTENCE_CHARS_MAX) {
      int space = rest.lastIndexOf(' ', SENTENCE_CHARS_MAX);
      int cut = space > 0 ? space : SENTENCE_CHARS_MAX;
      into.add(rest.substring(0, cut));
      rest = rest.substring(cut).strip();
    }
    if (!rest.isEmpty()) {
      into.add(rest);
    }
  }
}
