package dev.talkmill.jobs.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a client was told of one conversation, and so may rely on: the model. */
final class Told {

  private final UUID tenant;
  private final UUID id;
  private final List<Taken> taken = new ArrayList<>();
  private final Set<UUID> erasedChunks = new HashSet<>();
  private final Map<UUID, UUID> uploads = new HashMap<>();
  private boolean erased;

  /** A chunk whose acceptance was acknowledged. */
  record Taken(UUID chunk, Recording kind, int number) {}

  Told(UUID tenant, UUID id) {
    this.tenant = tenant;
    this.id = id;
  }

  UUID tenant() {
    return tenant;
  }

  UUID id() {
    return id;
  }

  void taken(Taken chunk) {
    taken.add(chunk);
  }

  /**
   * A presigned upload was confirmed.
   *
   * @return false if it had become another chunk before
   */
  boolean confirmed(UUID upload, Taken chunk) {
    UUID before = uploads.putIfAbsent(upload, chunk.chunk());
    if (before == null) {
      taken(chunk);
    }
    return before == null || before.equals(chunk.chunk());
  }

  boolean isConfirmed(UUID upload) {
    return uploads.containsKey(upload);
  }

  /** Whether the chunk that an upload had become was erased. */
  boolean isErased(UUID upload) {
    UUID chunk = uploads.get(upload);
    return chunk != null && erasedChunks.contains(chunk);
  }

  void erasedChunk(UUID chunk) {
    erasedChunks.add(chunk);
    taken.removeIf(one -> one.chunk().equals(chunk));
  }

  void erased() {
    erased = true;
  }

  boolean isErased() {
    return erased;
  }

  /** Acknowledged and not erased, in the order in which they were taken. */
  List<Taken> chunks() {
    return List.copyOf(taken);
  }

  Set<UUID> erasedChunks() {
    return Set.copyOf(erasedChunks);
  }

  /** What the transcript says in the end. */
  List<String> words() {
    return taken.stream().flatMap(one -> one.kind().words(one.number()).stream()).toList();
  }

  /** How the conversation ends. */
  String outcome() {
    boolean failed = taken.stream().anyMatch(one -> one.kind().fails());
    if (taken.isEmpty()) {
      return "empty";
    }
    if (words().isEmpty()) {
      return failed ? "failed" : "no_speech";
    }
    return failed ? "partial" : "ok";
  }
}
