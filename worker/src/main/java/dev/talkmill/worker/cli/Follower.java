package dev.talkmill.worker.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Looks at a conversation until it is settled. */
final class Follower {

  /**
   * How long nothing at all may change before we give up. Longer than any single step: recognition
   * of the longest part (10 minutes of sound, at 4 s for each second) takes 41 minutes at most.
   */
  static final Duration QUIET_MAX = Duration.ofHours(1);

  private final DoorClient door;
  private final StopSignal stop;
  private final Duration poll;
  private final InstantSource clock;

  Follower(DoorClient door, StopSignal stop, Duration poll, InstantSource clock) {
    this.door = door;
    this.stop = stop;
    this.poll = poll;
    this.clock = clock;
  }

  /**
   * Returns the conversation as it is in the end.
   *
   * @param seen is shown every look, the last one too
   */
  Snapshot untilSettled(String conversationId, Consumer<Snapshot> seen) {
    Snapshot last = null;
    Instant changed = clock.instant();
    while (true) {
      Instant before = clock.instant();
      Snapshot now = look(conversationId);
      seen.accept(now);
      if (now.conversation().isSettled()) {
        return now;
      }
      if (!now.equals(last)) {
        changed = before;
      } else if (Duration.between(changed, before).compareTo(QUIET_MAX) > 0) {
        throw CommandFailure.failed(
            "Nothing has changed for " + QUIET_MAX.toMinutes() + " minutes; giving up.");
      }
      last = now;
      stop.pause(poll);
    }
  }

  /** The rows are read after the conversation, so that a settled one shows its last rows. */
  private Snapshot look(String conversationId) {
    ConversationView conversation = door.conversation(conversationId);
    return new Snapshot(conversation, door.status(conversationId));
  }
}
