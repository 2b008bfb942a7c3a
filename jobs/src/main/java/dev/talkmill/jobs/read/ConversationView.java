package dev.talkmill.jobs.read;

import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as readers see it.
 *
 * @param state {@code recording}, {@code processing} or {@code settled}
 * @param outcome null while anything derived is behind
 * @param isAllChunksTranscribed whether there are chunks and none of them is open
 * @param audioSecondsReceived of uploaded audio whose length is known by now
 * @param gaps of the current transcript
 * @param waitingBecause the pause that holds work of it, or null
 */
public record ConversationView(
    UUID id,
    UUID projectId,
    @Nullable String title,
    @Nullable String summary,
    String state,
    @Nullable String outcome,
    boolean isFinished,
    boolean isAllChunksTranscribed,
    long generation,
    long transcriptGeneration,
    long summaryGeneration,
    double audioSecondsReceived,
    double audioSecondsTranscribed,
    List<Gap> gaps,
    ChunkCounts chunks,
    @Nullable WaitingBecause waitingBecause,
    Instant createdAt,
    Instant updatedAt) {

  public ConversationView {
    gaps = List.copyOf(gaps);
  }

  /** Uploaded chunks; one that was split counts once, by how its parts ended. */
  public record ChunkCounts(long total, long open, long transcribed, long noSpeech, long failed) {}
}
