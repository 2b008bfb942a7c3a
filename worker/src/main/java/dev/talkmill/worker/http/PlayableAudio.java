package dev.talkmill.worker.http;

import java.time.Duration;
import java.util.UUID;

/** One playable file of a conversation, made on first request and kept. */
public interface PlayableAudio {

  /** Makes the file if there is none of this generation; returns what there is to say. */
  Answer of(UUID tenant, UUID conversation);

  /** What there is to play. */
  sealed interface Answer {

    /**
     * A file in the object store.
     *
     * @param bytes exact length
     * @param mediaType for example {@code audio/ogg}
     */
    record Ready(String key, long bytes, String mediaType) implements Answer {}

    /** Nothing playable was received. */
    record NoAudio() implements Answer {}

    /** The conversation is anonymised, so nobody's voice is handed out. */
    record Withheld() implements Answer {}

    /** Chunks are still on their way, or the file is being made. */
    record NotReady(Duration retryAfter) implements Answer {}

    /** The tenant has no such conversation. */
    record UnknownConversation() implements Answer {}
  }
}
