package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.List;

/** Gives words that came beside the segments to the segment each was said in. */
final class SegmentWords {

  private SegmentWords() {}

  /**
   * The segments with their words; those that brought words of their own keep them.
   *
   * @param words in order
   */
  static List<SpeechSegment> distribute(List<Word> words, List<SpeechSegment> segments) {
    List<SpeechSegment> filled = new ArrayList<>(segments.size());
    int next = 0;
    for (int i = 0; i < segments.size(); i++) {
      SpeechSegment segment = segments.get(i);
      // A word in the gap between two segments goes to the earlier one; none gets lost.
      double until =
          i + 1 < segments.size() ? segments.get(i + 1).start() : Double.POSITIVE_INFINITY;
      int from = next;
      while (next < words.size() && middle(words.get(next)) < until) {
        next++;
      }
      List<Word> own = segment.words().isEmpty() ? words.subList(from, next) : segment.words();
      filled.add(
          new SpeechSegment(
              segment.start(),
              segment.end(),
              segment.speaker(),
              segment.text(),
              segment.confidence(),
              segment.noSpeechProbability(),
              own));
    }
    return filled;
  }

  private static double middle(Word word) {
    return (word.start() + word.end()) / 2;
  }
}
