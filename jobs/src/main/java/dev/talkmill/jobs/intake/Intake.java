package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes chunks in: one short commit of the chunk's row, its bytes and its ledger row. When a method
 * returns and its transaction has committed, nothing that dies can lose the chunk.
 *
 * <p>Called inside a transaction of the caller's on the same data source, it joins that.
 */
public final class Intake {

  private static final Duration SPOOL_FULL_RETRY = Duration.ofSeconds(15);

  private final Database database;
  private final Conversations conversations;
  private final Chunks chunks;
  private final ChunkTranscripts transcripts;
  private final IdempotencyKeys keys;
  private final SpoolBudget spool;
  private final Ledger ledger;
  private final InstantSource clock;

  public Intake(
      Database database,
      Conversations conversations,
      Chunks chunks,
      ChunkTranscripts transcripts,
      SpoolBudget spool,
      Ledger ledger,
      InstantSource clock) {
    this.database = database;
    this.conversations = conversations;
    this.chunks = chunks;
    this.transcripts = transcripts;
    this.keys = new IdempotencyKeys(database);
    this.spool = spool;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Takes audio in; its first stage is due at once. */
  public Accepted accept(NewChunk chunk) {
    return database.inTenant(
        chunk.tenant(),
        () ->
            once(
                chunk.conversation(),
                chunk.idempotencyKey(),
                chunk.sha256(),
                conversation ->
                    spool.hasRoom(chunk.bytes())
                        ? new Accepted.Taken(spooled(conversation, chunk), false)
                        : new Accepted.SpoolFull(SPOOL_FULL_RETRY)));
  }

  /** Takes text in; it is its own transcript, so it is transcribed on arrival. */
  public Accepted accept(NewText text) {
    return database.inTenant(
        text.tenant(),
        () ->
            once(
                text.conversation(),
                text.idempotencyKey(),
                text.sha256(),
                conversation -> new Accepted.Taken(written(conversation, text), false)));
  }

  /**
   * Takes in an object that a client has put into the store by presigned upload. The caller has
   * verified it and holds the conversation.
   */
  public Chunk acceptStored(LockedConversation conversation, StoredUpload upload) {
    UUID id = Uuids.v7(clock);
    Chunk chunk =
        chunks.insert(
            conversation,
            new Chunks.Insert(
                id,
                conversation.id(),
                null,
                ChunkSource.DASHBOARD_UPLOAD,
                conversation.nextOrdinal(),
                upload.sequence(),
                upload.recordedAt(),
                ChunkState.OPEN,
                upload.bytes(),
                null,
                upload.mediaType(),
                upload.storageKey(),
                null,
                0,
                null,
                null));
    ledger.insert(row(conversation, id, Stage.PREPARE, Priority.UPLOAD));
    conversations.scheduleIfBehind(conversations.accepted(conversation));
    return chunk;
  }

  /** An object put by presigned upload. */
  public record StoredUpload(
      @Nullable Long sequence,
      @Nullable Instant recordedAt,
      String mediaType,
      long bytes,
      String storageKey) {}

  private Accepted once(
      UUID conversationId,
      @Nullable String key,
      String sha256,
      Function<LockedConversation, Accepted> accept) {
    Optional<LockedConversation> conversation = conversations.lock(conversationId);
    if (conversation.isEmpty()) {
      return new Accepted.UnknownConversation();
    }
    if (key == null) {
      return accept.apply(conversation.get());
    }
    // Under the conversation's lock two requests with one key come one after the other.
    Optional<IdempotencyKeys.Used> used = keys.find(conversationId, key);
    if (used.isPresent()) {
      return used.get().bodySha256().equals(sha256)
          ? chunks
              .find(used.get().chunk())
              .<Accepted>map(chunk -> new Accepted.Taken(chunk, true))
              .orElseGet(Accepted.KeyReused::new)
          : new Accepted.KeyReused();
    }
    Accepted accepted = accept.apply(conversation.get());
    if (accepted instanceof Accepted.Taken taken) {
      keys.insert(conversationId, key, sha256, taken.chunk().id());
    }
    return accepted;
  }

  private Chunk spooled(LockedConversation conversation, NewChunk chunk) {
    UUID id = Uuids.v7(clock);
    Chunk accepted =
        chunks.insert(
            conversation,
            insert(
                id,
                conversation,
                chunk.source(),
                chunk.sequence(),
                chunk.recordedAt(),
                ChunkState.OPEN,
                chunk.bytes(),
                chunk.sha256(),
                chunk.mediaType()));
    chunks.spool(id, chunk.body().get(), chunk.bytes());
    ledger.insert(row(conversation, id, Stage.STORE, priority(chunk.source())));
    conversations.accepted(conversation);
    return accepted;
  }

  private Chunk written(LockedConversation conversation, NewText text) {
    UUID id = Uuids.v7(clock);
    String clean = text.text().replace("\0", "").strip();
    ChunkState state = clean.isEmpty() ? ChunkState.NO_SPEECH : ChunkState.TRANSCRIBED;
    Chunk accepted =
        chunks.insert(
            conversation,
            insert(
                id,
                conversation,
                ChunkSource.PORTAL_TEXT,
                text.sequence(),
                text.recordedAt(),
                state,
                text.text().getBytes(StandardCharsets.UTF_8).length,
                text.sha256(),
                "text/plain"));
    transcripts.insert(
        new ChunkTranscripts.Result(id, 1, null, segments(clean), "[]", null, null, null, 1, 0));
    String outcome = clean.isEmpty() ? "no_speech" : "ok";
    ledger.insertCompleted(row(conversation, id, Stage.TRANSCRIBE, Priority.LIVE), outcome);
    conversations.scheduleIfBehind(conversations.accepted(conversation));
    return accepted;
  }

  private static List<SpeechSegment> segments(String text) {
    return text.isEmpty()
        ? List.of()
        : List.of(new SpeechSegment(0, 0, null, text, null, null, List.of()));
  }

  private Chunks.Insert insert(
      UUID id,
      LockedConversation conversation,
      ChunkSource source,
      @Nullable Long sequence,
      @Nullable Instant recordedAt,
      ChunkState state,
      long bytes,
      String sha256,
      String mediaType) {
    return new Chunks.Insert(
        id,
        conversation.id(),
        null,
        source,
        conversation.nextOrdinal(),
        sequence,
        recordedAt,
        state,
        bytes,
        sha256,
        mediaType,
        null,
        null,
        0,
        null,
        null);
  }

  private static NewRow row(
      LockedConversation conversation, UUID chunk, Stage stage, Priority priority) {
    return NewRow.due(conversation.project(), conversation.id(), chunk, stage, 1, priority);
  }

  private static Priority priority(ChunkSource source) {
    return switch (source) {
      case PORTAL_AUDIO, PORTAL_TEXT, SPLIT -> Priority.LIVE;
      case DASHBOARD_UPLOAD -> Priority.UPLOAD;
      case IMPORT -> Priority.BACKFILL;
    };
  }
}
