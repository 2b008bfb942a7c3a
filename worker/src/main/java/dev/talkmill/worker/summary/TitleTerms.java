package dev.talkmill.worker.summary;

import dev.talkmill.worker.summary.Shortlist.Sentence;
import dev.talkmill.worker.summary.TextLanguage.Term;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A title of 1 to 3 words: the key term that was said most, filled up with the telling words. */
final class TitleTerms {

  static final int WORDS_MAX = 3;
  static final int TITLE_CHARS_MAX = 80;

  private static final int WORD_CHARS_MIN = 4;
  private static final int WORD_CHARS_MAX = 30;
  private static final Pattern WORD = Pattern.compile("[\\p{L}][\\p{L}\\p{N}'’-]*");

  private final Shortlist shortlist;
  private final Map<Sentence, Double> ranks;

  TitleTerms(Shortlist shortlist, Map<Sentence, Double> ranks) {
    this.shortlist = shortlist;
    this.ranks = ranks;
  }

  /** The title, or null where the transcript has no word to make one of. */
  @Nullable String title(List<String> keyTerms) {
    List<String> words = new ArrayList<>();
    String key = mostSaid(keyTerms);
    if (key != null) {
      words.addAll(List.of(key.split("\\s+")));
    }
    String taken = String.join(" ", words).toLowerCase(Locale.ROOT);
    for (String word : tellingWords()) {
      if (words.size() == WORDS_MAX) {
        break;
      }
      if (!taken.contains(word.toLowerCase(Locale.ROOT))) {
        words.add(word);
      }
    }
    if (words.isEmpty()) {
      return null;
    }
    String title = String.join(" ", words);
    String bounded = title.length() > TITLE_CHARS_MAX ? words.getFirst() : title;
    return Sentences.upperFirst(bounded);
  }

  private @Nullable String mostSaid(List<String> keyTerms) {
    String best = null;
    long most = 0;
    for (String term : keyTerms) {
      String clean = term.strip();
      if (clean.isEmpty()
          || clean.length() > TITLE_CHARS_MAX
          || clean.split("\\s+").length > WORDS_MAX) {
        continue;
      }
      Pattern whole =
          Pattern.compile(
              "(?<![\\p{L}\\p{N}])" + Pattern.quote(clean) + "(?![\\p{L}\\p{N}])",
              Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
      long said = ranks.keySet().stream().filter(s -> whole.matcher(s.text()).find()).count();
      if (said > most) {
        most = said;
        best = clean;
      }
    }
    return best;
  }

  /** Words of the shortlist, the most telling first, each stem once. */
  private Collection<String> tellingWords() {
    Map<String, Double> weights = new HashMap<>();
    Map<String, String> surfaces = new LinkedHashMap<>();
    ranks.keySet().stream()
        .sorted(Comparator.comparingInt(Sentence::index))
        .forEach(sentence -> {
          double rank = ranks.getOrDefault(sentence, 0.0);
          for (Term term : sentence.terms()) {
            if (usable(term.surface())) {
              surfaces.putIfAbsent(term.stem(), term.surface());
              weights.merge(term.stem(), rank * shortlist.rarity(term.stem()), Double::sum);
            }
          }
        });
    return surfaces.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -weights.getOrDefault(entry.getKey(), 0.0)))
        .limit(WORDS_MAX * 2L)
        .map(Map.Entry::getValue)
        .toList();
  }

  private static boolean usable(String word) {
    return word.length() >= WORD_CHARS_MIN
        && word.length() <= WORD_CHARS_MAX
        && WORD.matcher(word).matches();
  }
}
