package dev.talkmill.pipeline.aggregate;

import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How an uploaded chunk ended, as AGGREGATE sees it.
 *
 * @param state of the chunk; SPLIT where its parts stand for it
 * @param code failure or verdict code, or null
 * @param seconds length of its audio; 0 for text and where it is unknown
 * @param missingSeconds how much shorter the audio was than its container claims
 * @param parts its SPLIT children in order, or itself as the only part
 */
public record ChunkResult(
    UUID chunkId,
    ChunkState state,
    @Nullable String code,
    double seconds,
    double missingSeconds,
    List<Part> parts) {

  public ChunkResult {
    parts = List.copyOf(parts);
  }

  /**
   * A stretch of the chunk that was recognised on its own. Neighbours may overlap in what they
   * heard; each answers only for what it owns.
   *
   * @param offset where its audio begins in the chunk, in seconds
   * @param ownedStart first second it answers for, in the chunk's time
   * @param ownedEnd end of what it answers for
   */
  public record Part(
      ChunkState state,
      @Nullable String code,
      double offset,
      double ownedStart,
      double ownedEnd,
      @Nullable String language,
      List<SpeechSegment> segments,
      @Nullable Source source) {
    public Part {
      segments = List.copyOf(segments);
    }
  }

  /** Which recogniser a part's words came from; null for text written by a person. */
  public record Source(String provider, String model, int attempt, long costMicros) {}
}
