package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns utterances into segments. The recogniser ends an utterance only at half a second of silence
 * and knows no sentences, so an utterance longer than {@value #SEGMENT_SECONDS} s is split at its
 * longest pauses, where sentences most likely end.
 */
final class UtteranceSegments {

  static final double SEGMENT_SECONDS = 10;

  /** A pause shorter than this is only the way from one word to the next. */
  private static final double PAUSE_SECONDS = 0.03;

  private UtteranceSegments() {}

  /**
   * Segments of one utterance.
   *
   * @param words in order, at least one
   * @param seconds length of the audio; no time lies behind it
   */
  static List<SpeechSegment> of(List<Word> words, double seconds) {
    List<SpeechSegment> segments = new ArrayList<>();
    split(within(words, seconds), segments);
    return segments;
  }

  private static List<Word> within(List<Word> words, double seconds) {
    List<Word> bounded = new ArrayList<>(words.size());
    double earliest = 0;
    for (Word word : words) {
      double start = Math.clamp(word.start(), Math.min(earliest, seconds), seconds);
      double end = Math.clamp(word.end(), start, seconds);
      bounded.add(new Word(start, end, word.text(), word.confidence()));
      earliest = start;
    }
    return bounded;
  }

  private static void split(List<Word> words, List<SpeechSegment> into) {
    int cut =
        words.getLast().end() - words.getFirst().start() > SEGMENT_SECONDS
            ? longestPause(words)
            : 0;
    if (cut == 0) {
      into.add(segment(words));
      return;
    }
    split(words.subList(0, cut), into);
    split(words.subList(cut, words.size()), into);
  }

  /** Index of the word after the longest pause, or 0 where the words follow without one. */
  private static int longestPause(List<Word> words) {
    int cut = 0;
    double longest = PAUSE_SECONDS;
    for (int i = 1; i < words.size(); i++) {
      double pause = words.get(i).start() - words.get(i - 1).end();
      if (pause > longest) {
        longest = pause;
        cut = i;
      }
    }
    return cut;
  }

  private static SpeechSegment segment(List<Word> words) {
    String text = words.stream().map(Word::text).collect(Collectors.joining(" "));
    return new SpeechSegment(
        words.getFirst().start(),
        words.getLast().end(),
        null,
        text,
        meanConfidence(words),
        null,
        words);
  }

  private static @Nullable Double meanConfidence(List<Word> words) {
    double sum = 0;
    for (Word word : words) {
      Double confidence = word.confidence();
      if (confidence == null) {
        return null;
      }
      sum += confidence;
    }
    return sum / words.size();
  }
}
