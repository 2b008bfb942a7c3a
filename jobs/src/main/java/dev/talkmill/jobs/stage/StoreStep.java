package dev.talkmill.jobs.stage;

import static java.util.Objects.requireNonNull;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.store.ObjectKeys;
import dev.talkmill.pipeline.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * STORE: spooled bytes to the object store. The key follows from ids, so an attempt after a crash
 * finds what an earlier one wrote; the spool goes in the transaction that says the object is there.
 */
public final class StoreStep implements StageStep {

  private final Database database;
  private final Chunks chunks;
  private final ChunkEndings ends;
  private final ObjectStore store;
  private final Scratch scratch;
  private final SpoolReader spool;

  public StoreStep(
      Database database,
      Chunks chunks,
      Conversations conversations,
      ObjectStore store,
      Scratch scratch) {
    this.database = database;
    this.chunks = chunks;
    this.ends = new ChunkEndings(chunks, conversations);
    this.store = store;
    this.scratch = scratch;
    this.spool = new SpoolReader(database);
  }

  @Override
  public Stage stage() {
    return Stage.STORE;
  }

  @Override
  public Ending run(Work work) {
    LedgerRow row = work.row();
    Path copy = scratch.temporary();
    Chunk chunk = database.inTenant(work.tenant(), () -> copied(row.subject(), copy));
    String key = ObjectKeys.chunk(chunk.tenant(), chunk.conversation(), chunk.id());
    if (chunk.storageKey() == null) {
      put(work, chunk, key, copy);
    }
    return new Alone(
        Ended.then(
            NewRow.due(
                row.project(),
                row.conversation(),
                chunk.id(),
                Stage.PREPARE,
                chunk.revision(),
                row.priority()),
            chunk.stored(key)),
        () -> chunks.stored(chunk.id(), key));
  }

  /** Reads the chunk and, unless they are stored, what is spooled of it, in one transaction. */
  private Chunk copied(UUID id, Path copy) {
    Chunk chunk =
        chunks
            .find(id)
            .orElseThrow(() -> FailureException.of(FailureCode.ERASED, "the chunk was erased"));
    if (chunk.storageKey() == null && !spool.copy(chunk.tenant(), chunk.id(), copy)) {
      scratch.delete(copy);
      throw FailureException.of(FailureCode.OBJECT_MISSING, "the accepted bytes are not spooled");
    }
    return chunk;
  }

  private void put(Work work, Chunk chunk, String key, Path copy) {
    scratch.publish(copy, scratch.original(chunk.id()));
    work.ensureHeld();
    work.log("%d bytes to the object store".formatted(chunk.bytes()));
    store.putIfAbsent(
        key,
        () -> {
          try {
            return Files.newInputStream(scratch.original(chunk.id()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        chunk.bytes(),
        requireNonNull(chunk.sha256(), "an accepted chunk has a SHA-256"),
        chunk.mediaType());
  }

  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
    ends.end(conversation, row, ChunkState.FAILED, failure.code().code());
  }
}
