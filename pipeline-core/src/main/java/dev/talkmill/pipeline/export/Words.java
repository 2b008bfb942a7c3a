package dev.talkmill.pipeline.export;

import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A segment's text in pieces that fit on a line, each with its time. */
final class Words {

  /**
   * How fast people read subtitles, in characters a second; gives time to text that has none of its
   * own, such as a written contribution.
   */
  private static final double READING_SPEED = 15;

  private static final double SHOWN_SECONDS_MIN = 1;

  private Words() {}

  /** A piece of text; {@code glued} if it goes on where the last piece ended, without a space. */
  record Piece(String text, boolean glued, double start, double end) {
    int width() {
      return text.codePointCount(0, text.length());
    }
  }

  static List<Piece> of(Segment segment, int widthMax) {
    String text = printable(segment.text()).strip();
    if (text.isEmpty()) {
      return List.of();
    }
    String[] tokens = text.split(" +", -1);
    double start = Double.isFinite(segment.start()) ? Math.max(segment.start(), 0) : 0;
    double end = end(segment.end(), start, text.length());
    List<Piece> pieces = new ArrayList<>();
    int before = 0;
    double last = start;
    for (int index = 0; index < tokens.length; index++) {
      String token = tokens[index];
      double from = share(start, end, before, text.length());
      double to = share(start, end, before + token.length(), text.length());
      if (tokens.length == segment.words().size()) {
        Word word = segment.words().get(index);
        from = within(word.start(), last, end);
        to = within(word.end(), from, end);
      }
      addCut(pieces, token, from, to, widthMax);
      last = from;
      before += token.length() + 1;
    }
    return pieces;
  }

  /** Control characters and every kind of line break become a space. */
  static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
  }

  private static double end(double end, double start, int chars) {
    if (Double.isFinite(end) && end > start) {
      return end;
    }
    return start + Math.max(SHOWN_SECONDS_MIN, chars / READING_SPEED);
  }

  private static double share(double start, double end, int done, int all) {
    return start + (end - start) * done / all;
  }

  private static double within(double value, double low, double high) {
    return Double.isFinite(value) ? Math.clamp(value, low, Math.max(low, high)) : low;
  }

  /** Cuts what is longer than a line, between characters as people see them. */
  private static void addCut(
      List<Piece> pieces, String token, double from, double to, int widthMax) {
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(token);
    int begin = 0;
    int fits = 0;
    for (int next = characters.next(); next != BreakIterator.DONE; next = characters.next()) {
      if (token.codePointCount(begin, next) > widthMax && fits > begin) {
        pieces.add(piece(token, begin, fits, from, to));
        begin = fits;
      }
      fits = next;
    }
    pieces.add(piece(token, begin, token.length(), from, to));
  }

  private static Piece piece(String token, int begin, int end, double from, double to) {
    return new Piece(
        token.substring(begin, end),
        begin > 0,
        share(from, to, begin, token.length()),
        share(from, to, end, token.length()));
  }
}
