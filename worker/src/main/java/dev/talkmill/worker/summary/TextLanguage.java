package dev.talkmill.worker.summary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.jspecify.annotations.Nullable;

/**
 * How words of a language are told apart, which of them say nothing, and which are forms of one
 * word. Languages without rules of their own are split into words and compared as they are.
 */
final class TextLanguage {

  /** Words looked at to guess the language of a transcript that does not tell it. */
  private static final int GUESS_WORDS = 2_000;

  /** In running text of the right language a third and more of the words are stop words. */
  private static final double GUESS_SHARE = 0.15;

  /** The library's English list has 33 words of written text; these are what speech is full of. */
  private static final String SPOKEN_ENGLISH =
      """
      i me my mine we us our ours you your yours he him his she her hers its them theirs who whom
      whose which what when where why how am were been being do does did doing done don't didn't
      doesn't have has had having can could can't should would wouldn't shall may might must get got
      getting go goes going gonna went come comes came let let's make made say says said tell told
      know knows knew think thinks thought want wants wanted see saw look looks mean means like just
      really very quite so too also only even still again than more most much many some any all
      both each few other another same own here now about after before because from up down out over
      under off until while yeah yes yep okay ok oh uh um er ah hmm well right sure maybe perhaps
      actually basically thing things something anything everything nothing somebody
      anybody everybody nobody one i'm i've i'd i'll you're we're we've we'll they're he's
      she's it's that's there's
      isn't wasn't aren't won't us every
      """
          .strip();

  private static final TextLanguage OTHER =
      new TextLanguage(Locale.ROOT, new StandardAnalyzer(), CharArraySet.EMPTY_SET);

  private static final List<TextLanguage> KNOWN =
      List.of(
          english(),
          of("nl", new DutchAnalyzer(), DutchAnalyzer.getDefaultStopSet()),
          of("de", new GermanAnalyzer(), GermanAnalyzer.getDefaultStopSet()),
          of("fr", new FrenchAnalyzer(), FrenchAnalyzer.getDefaultStopSet()),
          of("es", new SpanishAnalyzer(), SpanishAnalyzer.getDefaultStopSet()));

  private final Locale locale;
  private final Analyzer analyzer;
  private final CharArraySet stopWords;

  private TextLanguage(Locale locale, Analyzer analyzer, CharArraySet stopWords) {
    this.locale = locale;
    this.analyzer = analyzer;
    this.stopWords = stopWords;
  }

  private static TextLanguage of(String language, Analyzer analyzer, CharArraySet stopWords) {
    return new TextLanguage(Locale.of(language), analyzer, stopWords);
  }

  private static TextLanguage english() {
    CharArraySet stopWords = new CharArraySet(EnglishAnalyzer.getDefaultStopSet(), true);
    stopWords.addAll(List.of(SPOKEN_ENGLISH.split("\\s+")));
    return of("en", new EnglishAnalyzer(stopWords), stopWords);
  }

  /** A word that says something: its stem, and the word as it stands in the text. */
  record Term(String stem, String surface) {}

  /**
   * Rules for a transcript.
   *
   * @param tag BCP 47, or null to guess from the text
   */
  static TextLanguage of(@Nullable String tag, List<String> segments) {
    if (tag == null) {
      return guess(segments);
    }
    String language = Locale.forLanguageTag(tag).getLanguage();
    for (TextLanguage known : KNOWN) {
      if (known.locale.getLanguage().equals(language)) {
        return known;
      }
    }
    return OTHER;
  }

  Locale locale() {
    return locale;
  }

  /** The telling words of a text in order; at most {@code limit}. */
  List<Term> terms(String text, int limit) {
    List<Term> terms = new ArrayList<>();
    try (TokenStream tokens = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      OffsetAttribute offset = tokens.addAttribute(OffsetAttribute.class);
      tokens.reset();
      while (terms.size() < limit && tokens.incrementToken()) {
        String surface = text.substring(offset.startOffset(), offset.endOffset());
        terms.add(new Term(term.toString(), surface));
      }
      return terms;
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory can't be read", e);
    }
  }

  private static TextLanguage guess(List<String> segments) {
    List<String> words = new ArrayList<>();
    for (String segment : segments) {
      for (Term word : OTHER.terms(segment, GUESS_WORDS - words.size())) {
        words.add(word.stem());
      }
      if (words.size() >= GUESS_WORDS) {
        break;
      }
    }
    TextLanguage best = OTHER;
    long most = (long) (words.size() * GUESS_SHARE);
    for (TextLanguage known : KNOWN) {
      long hits = words.stream().filter(known.stopWords::contains).count();
      if (hits > most) {
        most = hits;
        best = known;
      }
    }
    return best;
  }
}
