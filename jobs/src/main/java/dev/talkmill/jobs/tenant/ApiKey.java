package dev.talkmill.jobs.tenant;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key as it is known after its secret has been handed out once. */
public record ApiKey(
    UUID tenant,
    UUID id,
    String name,
    Set<Scope> scopes,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    Instant createdAt) {

  public ApiKey {
    scopes = Set.copyOf(scopes);
  }
}
