package dev.talkmill.jobs.conversation;

import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk as stages need it.
 *
 * @param sequence the recorder's own number where it gave one, else the order of acceptance
 * @param revision goes up with every re-transcription
 * @param storageKey where its bytes are, or null while they are spooled
 * @param seconds length of its audio, or null before it is known
 * @param first whether it is the first audio of its conversation, as far as was known
 * @param offset for a SPLIT child, where its audio begins in the parent, in seconds
 */
public record Chunk(
    UUID tenant,
    UUID id,
    UUID conversation,
    UUID project,
    @Nullable UUID parent,
    ChunkSource source,
    long sequence,
    long revision,
    ChunkState state,
    @Nullable String code,
    long bytes,
    @Nullable String sha256,
    String mediaType,
    @Nullable String storageKey,
    @Nullable Double seconds,
    double offset,
    boolean first) {

  /** As it is once its bytes are in the object store. */
  public Chunk stored(String key) {
    return with(mediaType, key, seconds);
  }

  /** As it is once it has been decoded; {@code length} in seconds. */
  public Chunk prepared(double length, String type) {
    return with(type, storageKey, length);
  }

  private Chunk with(String type, @Nullable String key, @Nullable Double length) {
    return new Chunk(
        tenant,
        id,
        conversation,
        project,
        parent,
        source,
        sequence,
        revision,
        state,
        code,
        bytes,
        sha256,
        type,
        key,
        length,
        offset,
        first);
  }
}
