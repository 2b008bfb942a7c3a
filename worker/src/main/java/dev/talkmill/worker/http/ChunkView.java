package dev.talkmill.worker.http;

import dev.talkmill.jobs.conversation.Chunk;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk as clients see it.
 *
 * @param sequence its place: the recorder's own number, or the order of acceptance
 * @param sha256 null for a presigned upload, whose bytes did not pass through here
 */
record ChunkView(
    UUID id,
    UUID conversationId,
    long sequence,
    String source,
    long bytes,
    @Nullable String sha256) {

  static ChunkView of(Chunk chunk) {
    return new ChunkView(
        chunk.id(),
        chunk.conversation(),
        chunk.sequence(),
        chunk.source().name(),
        chunk.bytes(),
        chunk.sha256());
  }
}
