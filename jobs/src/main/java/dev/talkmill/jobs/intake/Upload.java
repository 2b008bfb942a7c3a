package dev.talkmill.jobs.intake;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the object store by presigned URLs.
 *
 * @param chunk what it has become, or null before it is confirmed
 * @param expired whether it can no longer be confirmed
 */
record Upload(
    UUID id,
    UUID conversation,
    long bytes,
    String mediaType,
    @Nullable Long sequence,
    @Nullable Instant recordedAt,
    String storageKey,
    String multipartId,
    @Nullable UUID chunk,
    boolean expired) {}
