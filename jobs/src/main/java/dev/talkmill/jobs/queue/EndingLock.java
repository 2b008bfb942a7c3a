package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.pipeline.ledger.Stage.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conversation's lock, which is taken before the row's own: against other ends by whoever
 * changes the conversation, shared by whoever changes a chunk alone.
 */
final class EndingLock {

  private final Conversations conversations;

  EndingLock(Conversations conversations) {
    this.conversations = conversations;
  }

  /** A tombstone has no conversation, or may have outlived it. */
  @Nullable LockedConversation lockOrNull(LedgerRow row) {
    Optional<LockedConversation> locked = conversations.lock(row.conversation());
    if (locked.isPresent()) {
      return locked.get();
    }
    return row.stage().subject() == Subject.TOMBSTONE
        ? LockedConversation.gone(row.conversation(), row.project())
        : null;
  }

  /** For an end that leaves the conversation as it is. */
  void share(LedgerRow row) {
    conversations.share(row.conversation());
  }

  /** Whoever ends a row looks whether something is behind now, under the lock it already holds. */
  void lookAgain(LedgerRow row) {
    if (row.stage().subject() != Subject.TOMBSTONE) {
      conversations.lookAgain(row.conversation());
    }
  }
}
