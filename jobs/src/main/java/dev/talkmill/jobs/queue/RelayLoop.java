package dev.talkmill.jobs.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs the relay when it is signalled, when the earliest row comes due, and at every poll. */
public final class RelayLoop implements AutoCloseable {

  private final Relay relay;
  private final Duration poll;
  private final Loop loop;

  public RelayLoop(Relay relay, Duration poll) {
    this.relay = relay;
    this.poll = poll;
    this.loop = new Loop("talkmill-relay", this::pass);
  }

  public void start() {
    loop.start();
  }

  public void signal() {
    loop.signal();
  }

  /** A handler has ended: what the last pass had no room for may have some now. */
  public void roomFreed() {
    if (relay.moreMayWait()) {
      loop.signal();
    }
  }

  private Duration pass() {
    if (relay.runOnce().full()) {
      return Duration.ZERO;
    }
    @Nullable Duration next = relay.untilNextDue();
    return next == null || next.compareTo(poll) > 0 ? poll : next;
  }

  @Override
  public void close() {
    loop.close();
  }
}
