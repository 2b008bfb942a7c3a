package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The work of one stage. */
public interface StageStep {

  Stage stage();

  /** Who does the work, where that can be paused on its own: the name in rows and calls. */
  default Optional<String> provider() {
    return Optional.empty();
  }

  /**
   * Does the work, outside of any transaction: reads, calls the port, decides.
   *
   * @return what is to be written, and runs in the transaction that ends the row
   * @throws dev.talkmill.pipeline.failure.FailureException if the attempt failed
   */
  Ending run(Work work);

  /** How many of its attempts wait for a provider now, and use nothing of this process. */
  default int waiting() {
    return 0;
  }

  /** What else is to be written when the row fails for good, in the transaction that ends it. */
  void failed(LockedConversation conversation, LedgerRow row, Failure failure);

  /**
   * The write that ends a row, with the conversation locked and before anything else is written.
   */
  @FunctionalInterface
  interface Ending {
    Ended apply(LockedConversation conversation);

    /** Called where {@link #apply} has no effect: the row, or all that it is about, is gone. */
    default void dropped() {}
  }

  /**
   * An end with an answer that was paid for.
   *
   * @param note that the call is done; it stays true where nothing can be made of the answer
   */
  record Paid(Runnable note, Ending ending) implements Ending {

    @Override
    public Ended apply(LockedConversation conversation) {
      note.run();
      return ending.apply(conversation);
    }

    @Override
    public void dropped() {
      note.run();
    }
  }

  /**
   * An end that changes nothing of its conversation but its own chunk, and goes on. It shares the
   * conversation with others that end or take chunks in, and keeps out only what cancels rows.
   *
   * @param ended known before anything is written
   * @param write runs after the row's own write: whoever cancels takes the row first too
   */
  record Alone(Ended ended, Runnable write) implements Ending {

    public Alone {
      if (ended.next().isEmpty()) {
        throw new IllegalArgumentException("the last stage of a chunk changes its conversation");
      }
    }

    @Override
    public Ended apply(LockedConversation conversation) {
      write.run();
      return ended;
    }
  }

  /**
   * How a row ended.
   *
   * @param outcome stored with the row, for example {@code ok}, {@code no_speech}, {@code
   *     superseded}
   * @param provider who did it, where that is somebody outside of the process
   * @param next the following stage of the same subject, if it goes on
   * @param chunk how the subject stands then, where it is a chunk: saves the next stage a look
   */
  record Ended(
      String outcome, @Nullable String provider, Optional<NewRow> next, @Nullable Chunk chunk) {

    public static Ended with(String outcome) {
      return by(null, outcome);
    }

    public static Ended by(@Nullable String provider, String outcome) {
      return new Ended(outcome, provider, Optional.empty(), null);
    }

    public static Ended then(NewRow next) {
      return new Ended("ok", null, Optional.of(next), null);
    }

    public static Ended then(NewRow next, Chunk chunk) {
      return new Ended("ok", null, Optional.of(next), chunk);
    }
  }

  /** A claimed row, as a step sees it. */
  interface Work {
    LedgerRow row();

    default UUID tenant() {
      return row().tenant();
    }

    /** The chunk as the stage before left it, if this job did that stage too. */
    default Optional<Chunk> chunk() {
      return Optional.empty();
    }

    /** Called before each side effect outside of the database; throws if the claim is lost. */
    void ensureHeld();

    /** Shows how far the work has come: a share from 0 to 1, written at most once a second. */
    void progress(double share);

    /** A line for the job's page in the dashboard; ids and figures only, never content. */
    void log(String line);
  }
}
