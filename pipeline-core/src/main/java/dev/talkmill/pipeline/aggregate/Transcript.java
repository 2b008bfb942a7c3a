package dev.talkmill.pipeline.aggregate;

import dev.talkmill.pipeline.conversation.Outcome;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One transcript of a conversation. All times are seconds on one timeline on which the chunks
 * follow each other without pause.
 *
 * @param outcome what there is to say of the conversation before its summary is made
 */
public record Transcript(
    @Nullable String language,
    List<Segment> segments,
    List<Gap> gaps,
    List<Provenance> provenance,
    Outcome outcome) {

  public Transcript {
    segments = List.copyOf(segments);
    gaps = List.copyOf(gaps);
    provenance = List.copyOf(provenance);
  }

  /** The words alone, one line a segment. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Segment segment : segments) {
      if (!text.isEmpty()) {
        text.append('\n');
      }
      text.append(segment.text());
    }
    return text.toString();
  }

  /** Speech of one speaker without a break; never spans two uploaded chunks. */
  public record Segment(
      double start,
      double end,
      @Nullable String speaker,
      String text,
      @Nullable Double confidence,
      List<UUID> chunkIds,
      List<Word> words) {
    public Segment {
      chunkIds = List.copyOf(chunkIds);
      words = List.copyOf(words);
    }
  }

  /**
   * A stretch of which there is no transcript although there should be; {@code cause} is a code.
   */
  public record Gap(double start, double end, String cause) {}

  /** Where a chunk's words came from. */
  public record Provenance(
      UUID chunkId, String provider, String model, int attempt, long costMicros) {}
}
