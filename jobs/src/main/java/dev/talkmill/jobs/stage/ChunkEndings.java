package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.pipeline.chunk.ChunkState;
import org.jspecify.annotations.Nullable;

/** Ends a chunk's revision; the end of a chunk is a change of its conversation's content. */
final class ChunkEndings {

  private final Chunks chunks;
  private final Conversations conversations;

  ChunkEndings(Chunks chunks, Conversations conversations) {
    this.chunks = chunks;
    this.conversations = conversations;
  }

  /** Ends it; false if the chunk has moved on or was ended by somebody else. */
  boolean end(
      LockedConversation conversation, LedgerRow row, ChunkState state, @Nullable String code) {
    return end(conversation, row, state, code, () -> {});
  }

  /**
   * The same.
   *
   * @param with what is written with it, and before the conversation is looked at as a whole
   */
  boolean end(
      LockedConversation conversation,
      LedgerRow row,
      ChunkState state,
      @Nullable String code,
      Runnable with) {
    if (!chunks.end(row.subject(), row.generation(), state, code)) {
      return false;
    }
    with.run();
    conversations.changed(conversation);
    return true;
  }
}
