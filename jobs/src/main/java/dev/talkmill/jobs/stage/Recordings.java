package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.failure.PostponedException;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.WebmHeader;
import dev.talkmill.pipeline.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A chunk's original and its WAV as local files: left by the stage before, or made again. */
public final class Recordings {

  private static final Duration SHORTLY = Duration.ofSeconds(5);
  private static final Duration DECODER_WAIT = Duration.ofMinutes(10);

  private final Database database;
  private final Chunks chunks;
  private final ObjectStore store;
  private final AudioDecoder decoder;
  private final Scratch scratch;
  private final Semaphore decoders;

  /**
   * Makes files with these collaborators.
   *
   * @param decoders how many decoders may run at once in this process
   */
  public Recordings(
      Database database,
      Chunks chunks,
      ObjectStore store,
      AudioDecoder decoder,
      Scratch scratch,
      int decoders) {
    this.database = database;
    this.chunks = chunks;
    this.store = store;
    this.decoder = decoder;
    this.scratch = scratch;
    this.decoders = new Semaphore(decoders, true);
  }

  /** The chunk's bytes as they were accepted. */
  Path original(Chunk chunk) {
    Path original = scratch.original(chunk.id());
    if (!Files.isRegularFile(original)) {
      fetch(chunk, original);
    }
    return original;
  }

  /** Decodes the original anew, joined to the head of the first slice where it has none itself. */
  DecodedAudio decode(Chunk chunk) {
    Path making = scratch.temporary();
    try {
      DecodedAudio audio = bounded(whole(chunk), making);
      scratch.publish(making, scratch.wav(chunk.id()));
      return audio;
    } finally {
      scratch.delete(making);
    }
  }

  /** PREPARE's lane is not the only caller: TRANSCRIBE makes a missing WAV again. */
  private DecodedAudio bounded(Path source, Path wav) {
    try {
      if (!decoders.tryAcquire(DECODER_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new PostponedException("no decoder came free", SHORTLY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostponedException("stopped while waiting for a decoder", Duration.ZERO);
    }
    try {
      return decoder.decode(source, wav);
    } finally {
      decoders.release();
    }
  }

  /** The chunk's WAV; a SPLIT child is stored as one. */
  Path wav(Chunk chunk) {
    Path wav = scratch.wav(chunk.id());
    if (!Files.isRegularFile(wav)) {
      if (chunk.source() == ChunkSource.SPLIT) {
        fetch(chunk, wav);
      } else {
        decode(chunk);
      }
    }
    return wav;
  }

  /** The original, joined to the head of the first slice where it has none itself. */
  public Path playable(Chunk chunk) {
    return whole(chunk);
  }

  private Path whole(Chunk chunk) {
    Path original = original(chunk);
    try {
      return WebmHeader.isContinuation(original) ? continued(chunk, original) : original;
    } catch (IOException e) {
      throw FailureException.of(FailureCode.SCRATCH_FULL, "a scratch file could not be read", e);
    }
  }

  /** A browser's later slices lack the head that only its first one has. */
  private Path continued(Chunk chunk, Path original) throws IOException {
    Optional<UUID> first =
        database.inTenant(chunk.tenant(), () -> chunks.firstAudio(chunk.conversation()));
    if (first.isEmpty() || first.get().equals(chunk.id())) {
      return original;
    }
    Optional<Chunk> head = database.inTenant(chunk.tenant(), () -> chunks.find(first.get()));
    if (head.isEmpty()) {
      return original;
    }
    if (head.get().storageKey() == null && head.get().state() != ChunkState.OPEN) {
      return original;
    }
    if (head.get().storageKey() == null) {
      throw new PostponedException(
          "the first slice, whose head this one needs, is not stored yet", SHORTLY);
    }
    Optional<byte[]> header = WebmHeader.headerOf(original(head.get()));
    if (header.isEmpty()) {
      return original;
    }
    Path repaired = scratch.temporary();
    WebmHeader.repair(header.get(), original, repaired);
    scratch.publish(repaired, original);
    return original;
  }

  private void fetch(Chunk chunk, Path target) {
    String key = chunk.storageKey();
    if (key == null) {
      throw FailureException.of(FailureCode.OBJECT_MISSING, "the chunk has no object yet");
    }
    Path making = scratch.temporary();
    try {
      store.get(key, making, chunk.bytes());
      scratch.publish(making, target);
    } finally {
      scratch.delete(making);
    }
  }
}
