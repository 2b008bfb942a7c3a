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

  /** Ends it; false if the chunk has moved on to another revision. */
  boolean end(
      LockedConversation conversation, LedgerRow row, ChunkState state, @Nullable String code) {
    if (!chunks.end(row.subject(), row.generation(), state, code)) {
      return false;
    }
    conversations.changed(conversation);
    return true;
  }
}
