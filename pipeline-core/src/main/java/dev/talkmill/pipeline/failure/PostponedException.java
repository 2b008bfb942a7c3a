package dev.talkmill.pipeline.failure;

import java.time.Duration;

/**
 * How an adapter tells its stage that the work was not tried at all, because trying is known to be
 * of no use right now: the row waits and burns no attempt.
 */
public final class PostponedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Duration wait;

  public PostponedException(String reason, Duration wait) {
    super(reason);
    this.wait = wait;
  }

  /** How long from now until it may be of use. */
  public Duration waitFor() {
    return wait;
  }
}
