package dev.talkmill.worker.summary;

import dev.talkmill.worker.summary.TextLanguage.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The sentences worth ranking. Ranking compares every sentence with every other, so of a long
 * transcript only the {@value #SENTENCES_MAX} with the most telling words are taken, found in two
 * passes over the text.
 */
final class Shortlist {

  static final int SENTENCES_MAX = 400;

  /** Words of one sentence that are looked at. */
  private static final int TERMS_MAX = 64;

  /** Keeps a single rare word from beating whole sentences. */
  private static final int SHORT_SENTENCE_TERMS = 6;

  private final TextLanguage language;
  private final Runnable checkTime;
  private final Map<String, Integer> sentencesWith = new HashMap<>();
  private int sentences;

  Shortlist(TextLanguage language, Runnable checkTime) {
    this.language = language;
    this.checkTime = checkTime;
  }

  /** A sentence with its place in the transcript and its telling words. */
  record Sentence(int index, String text, List<Term> terms) {

    Set<String> stems() {
      Set<String> stems = new HashSet<>();
      terms.forEach(term -> stems.add(term.stem()));
      return stems;
    }
  }

  /**
   * The shortlist in the order of the transcript; sentences without a telling word are left out.
   */
  List<Sentence> of(List<String> texts) {
    count(texts);
    PriorityQueue<Scored> best = new PriorityQueue<>(Comparator.comparingDouble(Scored::score));
    for (int i = 0; i < texts.size(); i++) {
      checkTime.run();
      Sentence sentence = new Sentence(i, texts.get(i), language.terms(texts.get(i), TERMS_MAX));
      if (!sentence.terms().isEmpty()) {
        best.add(new Scored(sentence, score(sentence)));
      }
      if (best.size() > SENTENCES_MAX) {
        best.remove();
      }
    }
    List<Sentence> chosen = new ArrayList<>();
    best.forEach(scored -> chosen.add(scored.sentence()));
    chosen.sort(Comparator.comparingInt(Sentence::index));
    return chosen;
  }

  /** How telling a word is: the more, the fewer sentences hold it. */
  double rarity(String stem) {
    return Math.log1p((1.0 + sentences) / sentencesWith.getOrDefault(stem, 1));
  }

  int sentencesWith(String stem) {
    return sentencesWith.getOrDefault(stem, 0);
  }

  private void count(List<String> texts) {
    sentences = texts.size();
    for (String text : texts) {
      checkTime.run();
      Set<String> stems = new HashSet<>();
      language.terms(text, TERMS_MAX).forEach(term -> stems.add(term.stem()));
      stems.forEach(stem -> sentencesWith.merge(stem, 1, Integer::sum));
    }
  }

  /** Mean tf-idf over the transcript: a word counts where it comes back, and is not everywhere. */
  private double score(Sentence sentence) {
    double sum = 0;
    for (String stem : sentence.stems()) {
      sum += Math.log1p(sentencesWith(stem)) * rarity(stem);
    }
    return sum / Math.max(sentence.terms().size(), SHORT_SENTENCE_TERMS);
  }

  private record Scored(Sentence sentence, double score) {}
}
