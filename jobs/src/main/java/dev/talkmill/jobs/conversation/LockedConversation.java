package dev.talkmill.jobs.conversation;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversation whose row this transaction holds. Having one is the proof that the lock was taken
 * before anything below it: the order that keeps writers from deadlocks is conversation, then
 * ledger rows by id, then the rest. Who only shares the conversation (an end of a chunk's own
 * stage) can meet a stale end of the very same row in the other order; PostgreSQL breaks one off,
 * which is tried again and then finds itself fenced.
 */
public record LockedConversation(
    UUID id,
    UUID project,
    boolean finished,
    @Nullable Integer expectedChunks,
    long generation,
    long transcriptGeneration,
    long summaryGeneration,
    int settledCount,
    long nextOrdinal) {

  /** As it is after a change of content. */
  LockedConversation changed() {
    return with(finished, expectedChunks, generation + 1, nextOrdinal);
  }

  /** As it is after one more chunk has been taken in. */
  LockedConversation accepted() {
    return with(finished, expectedChunks, generation + 1, nextOrdinal + 1);
  }

  /** As it is once nothing more is expected than {@code expected} chunks. */
  LockedConversation finished(@Nullable Integer expected) {
    return with(true, expected, generation, nextOrdinal);
  }

  private LockedConversation with(
      boolean nowFinished, @Nullable Integer nowExpected, long newGeneration, long newOrdinal) {
    return new LockedConversation(
        id,
        project,
        nowFinished,
        nowExpected,
        newGeneration,
        transcriptGeneration,
        summaryGeneration,
        settledCount,
        newOrdinal);
  }

  /** Stands for a conversation whose row is gone; only tombstones meet it. */
  public static LockedConversation gone(UUID id, UUID project) {
    return new LockedConversation(id, project, true, null, 0, 0, 0, 0, 0);
  }
}
