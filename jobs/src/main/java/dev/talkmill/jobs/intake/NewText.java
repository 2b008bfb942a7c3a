package dev.talkmill.jobs.intake;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A written contribution to be taken in as a chunk.
 *
 * @param text NUL characters are dropped
 * @param sha256 lower-case hex of the body as it was sent
 */
public record NewText(
    UUID tenant,
    UUID conversation,
    @Nullable Long sequence,
    @Nullable Instant recordedAt,
    String text,
    String sha256,
    @Nullable String idempotencyKey) {}
