package dev.talkmill.worker.cli;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the ledger as the door shows it; the fields that the command line reads.
 *
 * @param progress from 0 to 1; null where the stage has none to tell
 */
record StatusRow(
    String id,
    String stage,
    String state,
    @Nullable String cause,
    @Nullable String errorCode,
    @Nullable String errorMessage,
    int attempts,
    @Nullable Instant nextAttemptAt,
    @Nullable Double progress,
    @Nullable Long durationMs) {

  boolean isFailed() {
    return state.equals("FAILED");
  }

  /** Whether an attempt failed and another one will be made. */
  boolean isRetrying() {
    return state.equals("PENDING") && attempts > 0 && errorCode != null;
  }
}
