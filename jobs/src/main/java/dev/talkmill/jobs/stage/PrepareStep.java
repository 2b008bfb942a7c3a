package dev.talkmill.jobs.stage;

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
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.PrepareDecision;
import dev.talkmill.pipeline.prepare.Verdict;
import dev.talkmill.pipeline.prepare.Verdict.NoSpeech;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** PREPARE: bytes of unknown origin become audio for a recogniser, parts of it, or a verdict. */
public final class PrepareStep implements StageStep {

  private final Database database;
  private final Chunks chunks;
  private final ChunkEndings ends;
  private final Recordings recordings;
  private final Parts parts;
  private final EarlySlices early;
  private final Scratch scratch;
  private final Duration splitAfter;
  private final Duration partLength;

  /**
   * Prepares with these limits.
   *
   * @param splitAfter audio longer than this is cut into parts
   * @param partLength longest part
   */
  public PrepareStep(
      Database database,
      Chunks chunks,
      Conversations conversations,
      Recordings recordings,
      Parts parts,
      EarlySlices early,
      Scratch scratch,
      Duration splitAfter,
      Duration partLength) {
    this.database = database;
    this.chunks = chunks;
    this.ends = new ChunkEndings(chunks, conversations);
    this.recordings = recordings;
    this.parts = parts;
    this.early = early;
    this.scratch = scratch;
    this.splitAfter = splitAfter;
    this.partLength = partLength;
  }

  @Override
  public Stage stage() {
    return Stage.PREPARE;
  }

  @Override
  public Ending run(Work work) {
    Chunk chunk =
        work.chunk()
            .or(() -> database.inTenant(work.tenant(), () -> chunks.find(work.row().subject())))
            .orElseThrow(() -> FailureException.of(FailureCode.ERASED, "the chunk was erased"));
    Optional<NoSpeech> early = PrepareDecision.beforeDecoding(chunk.bytes());
    if (early.isPresent()) {
      return conversation -> noSpeech(conversation, work.row(), early.get());
    }
    DecodedAudio audio = recordings.decode(chunk);
    work.log("%.1f s of %s".formatted(audio.seconds(), audio.codec()));
    Verdict verdict = PrepareDecision.decide(chunk.bytes(), audio, splitAfter, partLength);
    return switch (verdict) {
      case Verdict.Whole whole -> whole(work, chunk, audio, whole.missingSeconds());
      case NoSpeech silent ->
          conversation -> {
            prepared(conversation, chunk, audio, silent.missingSeconds());
            return noSpeech(conversation, work.row(), silent);
          };
      case Verdict.Split split -> {
        List<Parts.Stored> stored = parts.store(work, chunk, split.parts());
        yield conversation -> {
          prepared(conversation, chunk, audio, split.missingSeconds());
          Runnable insert = () -> parts.insert(conversation, work.row(), chunk, stored);
          return ended(ends.end(conversation, work.row(), ChunkState.SPLIT, null, insert), "split");
        };
      }
    };
  }

  private Ending whole(Work work, Chunk chunk, DecodedAudio audio, double missing) {
    Ended ended =
        Ended.then(next(work.row(), chunk), chunk.prepared(audio.seconds(), audio.mediaType()));
    if (chunk.first()) {
      return conversation -> {
        prepared(conversation, chunk, audio, missing);
        return ended;
      };
    }
    return new Alone(
        ended, () -> chunks.prepared(chunk.id(), audio.seconds(), missing, audio.mediaType()));
  }

  private void prepared(
      LockedConversation conversation, Chunk chunk, DecodedAudio audio, double missing) {
    chunks.prepared(chunk.id(), audio.seconds(), missing, audio.mediaType());
    early.retryAfter(conversation, chunk.id());
  }

  private Ended noSpeech(LockedConversation conversation, LedgerRow row, NoSpeech verdict) {
    database.afterCommit(() -> scratch.forget(row.subject()));
    return ended(
        ends.end(conversation, row, ChunkState.NO_SPEECH, verdict.reason().code()), "no_speech");
  }

  private static Ended ended(boolean current, String outcome) {
    return Ended.with(current ? outcome : "superseded");
  }

  private static NewRow next(LedgerRow row, Chunk chunk) {
    return NewRow.due(
        row.project(),
        row.conversation(),
        chunk.id(),
        Stage.TRANSCRIBE,
        chunk.revision(),
        row.priority());
  }

  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
    database.afterCommit(() -> scratch.forget(row.subject()));
    if (ends.end(conversation, row, ChunkState.FAILED, failure.code().code())
        && failure.code() == FailureCode.WEBM_CONTINUATION) {
      early.retryIfOvertaken(conversation, row);
    }
  }
}
