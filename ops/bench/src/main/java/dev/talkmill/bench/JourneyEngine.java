package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Something that does whole journeys: takes chunks in and works on them until there is a summary.
 */
interface JourneyEngine extends AutoCloseable {

  /** Starts an engine, ready for work. */
  @FunctionalInterface
  interface Opening {
    JourneyEngine open(Address address, Path scratch) throws Exception;
  }

  /** Opens a conversation. */
  UUID conversation() throws Exception;

  /** Takes a slice in; durable when it returns. */
  void accept(UUID conversation) throws Exception;

  /** No more slices will come. */
  void finish(UUID conversation) throws Exception;

  /** Waits until the summary of a finished conversation is committed. */
  void awaitSummary(UUID conversation);

  @Override
  void close();
}
