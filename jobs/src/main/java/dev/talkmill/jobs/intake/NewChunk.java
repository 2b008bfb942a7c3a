package dev.talkmill.jobs.intake;

import dev.talkmill.pipeline.chunk.ChunkSource;
import java.io.InputStream;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A chunk to be taken in.
 *
 * @param sequence the recorder's own number, for slices that arrive out of order
 * @param recordedAt when it was recorded by the recorder's clock; orders, and never decides
 *     idleness
 * @param mediaType as declared; what counts is the content
 * @param bytes exact length of the body
 * @param sha256 lower-case hex of the body
 * @param body opened once, inside the accepting transaction: a local file or an array, never a
 *     client
 * @param idempotencyKey kept for 24 h; null means no protection against a repeat
 */
public record NewChunk(
    UUID tenant,
    UUID conversation,
    ChunkSource source,
    @Nullable Long sequence,
    @Nullable Instant recordedAt,
    String mediaType,
    long bytes,
    String sha256,
    Supplier<InputStream> body,
    @Nullable String idempotencyKey) {}
