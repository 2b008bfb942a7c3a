package dev.talkmill.jobs.read;

import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.aggregate.Transcript.Provenance;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A transcript as readers see it.
 *
 * @param version counts from 1; 0 where it is provisional and so is not kept
 * @param generation of the conversation that it was made from
 * @param provisional whether the conversation has changed since, or is still open
 */
public record TranscriptView(
    UUID conversationId,
    long version,
    long generation,
    boolean provisional,
    @Nullable String language,
    String text,
    List<Gap> gaps,
    List<Provenance> provenance,
    List<Segment> segments) {

  public TranscriptView {
    gaps = List.copyOf(gaps);
    provenance = List.copyOf(provenance);
    segments = List.copyOf(segments);
  }
}
