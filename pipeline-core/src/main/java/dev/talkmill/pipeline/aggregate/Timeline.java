package dev.talkmill.pipeline.aggregate;

import dev.talkmill.pipeline.aggregate.ChunkResult.Part;
import dev.talkmill.pipeline.aggregate.ChunkResult.Source;
import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.aggregate.Transcript.Provenance;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.conversation.Outcome;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins what was heard in the chunks of a conversation, in their order, on one timeline. */
public final class Timeline {

  private final List<Segment> segments = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Provenance> provenance = new ArrayList<>();
  private final Map<String, Double> secondsByLanguage = new HashMap<>();
  private double now;

  private Timeline() {}

  /**
   * Joins chunks.
   *
   * @param chunks every uploaded chunk in its order, the failed ones too
   */
  public static Transcript join(List<ChunkResult> chunks) {
    Timeline timeline = new Timeline();
    for (ChunkResult chunk : chunks) {
      timeline.add(chunk);
    }
    return new Transcript(
        timeline.language(),
        timeline.segments,
        timeline.gaps,
        timeline.provenance,
        outcome(chunks, timeline));
  }

  private void add(ChunkResult chunk) {
    for (Part part : chunk.parts()) {
      add(chunk, part);
    }
    if (chunk.missingSeconds() > 0) {
      gaps.add(new Gap(now + chunk.seconds(), now + chunk.seconds(), "truncated"));
    }
    now += chunk.seconds();
  }

  private void add(ChunkResult chunk, Part part) {
    if (part.state() == ChunkState.FAILED) {
      String code = part.code() == null ? "failed" : part.code();
      gaps.add(new Gap(now + part.ownedStart(), now + part.ownedEnd(), code));
      return;
    }
    for (SpeechSegment heard : part.segments()) {
      Segment segment = owned(chunk, part, heard);
      if (segment != null) {
        segments.add(segment);
      }
    }
    Source source = part.source();
    if (source != null) {
      provenance.add(
          new Provenance(
              chunk.chunkId(),
              source.provider(),
              source.model(),
              source.attempt(),
              source.costMicros()));
    }
    if (part.language() != null) {
      double seconds = Math.max(part.ownedEnd() - part.ownedStart(), 0.001);
      secondsByLanguage.merge(part.language(), seconds, Double::sum);
    }
  }

  /**
   * What of a segment lies in the part's own stretch, or null. Where neighbours overlap both heard
   * the words at the joint; a word belongs to the part in which its middle lies, so it is kept
   * once.
   */
  private @Nullable Segment owned(ChunkResult chunk, Part part, SpeechSegment heard) {
    boolean last = part.ownedEnd() >= chunk.seconds();
    if (heard.words().isEmpty()) {
      double middle = part.offset() + (heard.start() + heard.end()) / 2;
      return isOwned(part, middle, last) ? segment(chunk, part, heard, heard.text()) : null;
    }
    List<Word> kept = new ArrayList<>();
    for (Word word : heard.words()) {
      if (isOwned(part, part.offset() + (word.start() + word.end()) / 2, last)) {
        kept.add(word);
      }
    }
    if (kept.isEmpty()) {
      return null;
    }
    if (kept.size() == heard.words().size()) {
      return segment(chunk, part, heard, heard.text());
    }
    String text = String.join(" ", kept.stream().map(word -> word.text().strip()).toList());
    SpeechSegment cut =
        new SpeechSegment(
            kept.getFirst().start(),
            kept.getLast().end(),
            heard.speaker(),
            text,
            heard.confidence(),
            heard.noSpeechProbability(),
            kept);
    return segment(chunk, part, cut, text);
  }

  private static boolean isOwned(Part part, double second, boolean last) {
    // A recogniser may report times slightly outside the audio; the ends must not lose words.
    boolean afterStart = part.ownedStart() <= 0 || second >= part.ownedStart();
    return afterStart && (last || second < part.ownedEnd());
  }

  private Segment segment(ChunkResult chunk, Part part, SpeechSegment heard, String text) {
    double shift = now + part.offset();
    List<Word> words =
        heard.words().stream()
            .map(word ->
                new Word(word.start() + shift, word.end() + shift, word.text(), word.confidence()))
            .toList();
    return new Segment(
        heard.start() + shift,
        Math.max(heard.end(), heard.start()) + shift,
        heard.speaker(),
        text.strip(),
        heard.confidence(),
        List.of(chunk.chunkId()),
        words);
  }

  private @Nullable String language() {
    return secondsByLanguage.entrySet().stream()
        .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private static Outcome outcome(List<ChunkResult> chunks, Timeline timeline) {
    if (chunks.isEmpty()) {
      return Outcome.EMPTY;
    }
    if (!timeline.segments.isEmpty()) {
      return timeline.gaps.isEmpty() ? Outcome.OK : Outcome.PARTIAL;
    }
    boolean anyFailed =
        chunks.stream()
            .flatMap(chunk -> chunk.parts().stream())
            .anyMatch(part -> part.state() == ChunkState.FAILED);
    return anyFailed ? Outcome.FAILED : Outcome.NO_SPEECH;
  }
}
