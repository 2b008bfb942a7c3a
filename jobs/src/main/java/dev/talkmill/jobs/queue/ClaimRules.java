package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.pipeline.conversation.Convergence;
import dev.talkmill.pipeline.ledger.Stage.Subject;
import dev.talkmill.pipeline.ledger.State;
import java.util.Optional;

/**
 * What a claim does besides taking the row. A conversation's row reads the generation first: it
 * works for the newest, or ends superseded before it spends anything. A row that had FAILED reopens
 * what its failure had closed.
 */
public final class ClaimRules implements Claims.Around {

  private final Ledger ledger;
  private final FencedWrites writes;
  private final Conversations conversations;
  private final Chunks chunks;

  public ClaimRules(
      Ledger ledger, FencedWrites writes, Conversations conversations, Chunks chunks) {
    this.ledger = ledger;
    this.writes = writes;
    this.conversations = conversations;
    this.chunks = chunks;
  }

  @Override
  public boolean before(LedgerRow row) {
    return switch (row.stage().subject()) {
      case CHUNK -> row.state() != State.FAILED || reopenChunk(row);
      case CONVERSATION -> {
        conversations.lock(row.conversation());
        yield true;
      }
      case TOMBSTONE -> true;
    };
  }

  /**
   * An operator has a FAILED row done again, with fresh attempts. A chunk's row is due at once. A
   * conversation's stands for a generation that has been settled, and a newer one is made instead.
   *
   * @return false if the row is not FAILED any more, or is no longer needed
   */
  public boolean requeue(LedgerRow row) {
    // Read anew under the lock: whoever ends the row holds it too.
    Optional<LockedConversation> conversation = conversations.lock(row.conversation());
    if (ledger.find(row.id()).filter(now -> now.state() == State.FAILED).isEmpty()) {
      return false;
    }
    return switch (row.stage().subject()) {
      case CHUNK -> reopenChunk(row) && ledger.requeue(row.id());
      case CONVERSATION -> conversation.map(this::makeAnew).orElse(false);
      case TOMBSTONE -> ledger.requeue(row.id());
    };
  }

  private boolean makeAnew(LockedConversation conversation) {
    LockedConversation next = conversations.changed(conversation);
    conversations.supersedeFailed(next);
    conversations.scheduleAtOnce(next);
    return true;
  }

  /** An operator runs a failed chunk again: it is open, and so its conversation is behind. */
  private boolean reopenChunk(LedgerRow row) {
    Optional<LockedConversation> conversation = conversations.lock(row.conversation());
    if (conversation.isEmpty() || !chunks.reopen(row.subject(), row.generation())) {
      return false;
    }
    conversations.changed(conversation.get());
    return true;
  }

  @Override
  public Optional<LedgerRow> after(LedgerRow row, LedgerRow claimed) {
    if (claimed.stage().subject() != Subject.CONVERSATION) {
      return Optional.of(claimed);
    }
    Optional<LockedConversation> locked = conversations.lock(claimed.conversation());
    if (locked.isEmpty()) {
      writes.complete(claimed, "superseded");
      return Optional.empty();
    }
    return after(row, claimed, locked.get());
  }

  private Optional<LedgerRow> after(
      LedgerRow row, LedgerRow claimed, LockedConversation conversation) {
    if (row.state() == State.FAILED) {
      conversation = conversations.changed(conversation);
    }
    return switch (conversations.verdict(conversation)) {
      case Convergence.Behind behind when behind.stage() == claimed.stage() ->
          Optional.of(raised(claimed, conversation.generation()));
      case Convergence.Behind _ -> {
        writes.complete(claimed, "superseded");
        if (row.state() == State.FAILED) {
          conversations.scheduleAtOnce(conversation);
        } else {
          conversations.scheduleIfBehind(conversation);
        }
        yield Optional.empty();
      }
      case Convergence.NotYet _, Convergence.Current _ -> {
        writes.complete(claimed, "superseded");
        yield Optional.empty();
      }
    };
  }

  private LedgerRow raised(LedgerRow claimed, long generation) {
    if (claimed.generation() == generation) {
      return claimed;
    }
    writes.setGeneration(claimed, generation);
    return claimed.withGeneration(generation);
  }
}
