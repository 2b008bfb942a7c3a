package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.conversation.Chunk;
import java.time.Duration;

/** What became of a chunk that was handed over. */
public sealed interface Accepted {

  /** It is durable; {@code repeated} if the same key and body had been accepted before. */
  record Taken(Chunk chunk, boolean repeated) implements Accepted {}

  /** There is no such conversation, or it is another tenant's. */
  record UnknownConversation() implements Accepted {}

  /** The idempotency key was used with another body. */
  record KeyReused() implements Accepted {}

  /** Too much waits for the object store; nothing was taken. */
  record SpoolFull(Duration retryAfter) implements Accepted {}
}
