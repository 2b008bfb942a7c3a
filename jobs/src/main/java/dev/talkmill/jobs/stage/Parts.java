package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.stage.StageStep.Work;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.prepare.CutPlan.Part;
import dev.talkmill.pipeline.store.ObjectKeys;
import dev.talkmill.pipeline.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Parts of a long recording. Their objects are written first, under ids that follow from the
 * parent's, so a repeated attempt writes the same ones; then one transaction makes all rows and
 * ends the parent: there is no moment at which parts exist that nobody processes.
 */
public final class Parts {

  private final Chunks chunks;
  private final Ledger ledger;
  private final ObjectStore store;
  private final WavCutter cutter;
  private final Scratch scratch;

  public Parts(Chunks chunks, Ledger ledger, ObjectStore store, WavCutter cutter, Scratch scratch) {
    this.chunks = chunks;
    this.ledger = ledger;
    this.store = store;
    this.cutter = cutter;
    this.scratch = scratch;
  }

  /** A part whose object is in the store. */
  record Stored(UUID id, String key, Part part, long bytes) {}

  List<Stored> store(Work work, Chunk parent, List<Part> parts) {
    Path wav = scratch.wav(parent.id());
    List<Stored> stored = new ArrayList<>();
    for (Part part : parts) {
      work.ensureHeld();
      stored.add(store(parent, wav, part));
      work.progress((double) stored.size() / parts.size());
    }
    scratch.forget(parent.id());
    return stored;
  }

  private Stored store(Chunk parent, Path wav, Part part) {
    UUID id = Uuids.v5(parent.id(), parent.revision() + ":" + part.index());
    String key = ObjectKeys.chunk(parent.tenant(), parent.conversation(), id);
    Path file = scratch.temporary();
    try {
      cutter.cut(wav, part.audio().start(), part.audio().end(), file);
      store.put(key, file, "audio/wav");
      return new Stored(id, key, part, Files.size(file));
    } catch (IOException e) {
      throw FailureException.of(FailureCode.SCRATCH_FULL, "a part could not be written", e);
    } finally {
      scratch.delete(file);
    }
  }

  void insert(LockedConversation conversation, LedgerRow row, Chunk parent, List<Stored> parts) {
    for (Stored stored : parts) {
      Part part = stored.part();
      chunks.insert(
          conversation,
          new Chunks.Insert(
              stored.id(),
              parent.conversation(),
              parent.id(),
              ChunkSource.SPLIT,
              part.index(),
              null,
              null,
              ChunkState.OPEN,
              stored.bytes(),
              null,
              "audio/wav",
              stored.key(),
              part.audio().seconds(),
              part.audio().start(),
              part.owned().start(),
              part.owned().end()));
      ledger.insert(
          NewRow.due(
              row.project(), row.conversation(), stored.id(), Stage.TRANSCRIBE, 1, row.priority()));
    }
  }
}
