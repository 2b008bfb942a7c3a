package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.jobs.stage.ProviderCalls.Answered;
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechGuard;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** TRANSCRIBE: the words of a chunk, guarded against invented ones. */
public final class TranscribeStep implements StageStep {

  private final Database database;
  private final Chunks chunks;
  private final ChunkTranscripts results;
  private final ProjectSettings projects;
  private final ChunkEndings ends;
  private final Recordings recordings;
  private final ProviderCalls calls;
  private final SpeechEngine engine;
  private final Limits limits;
  private final Scratch scratch;
  private final Waiting waiting = new Waiting();

  /**
   * How long a call may take: a 10 s and a 10 h recording cannot share one limit.
   *
   * @param base for audio of no length
   * @param perSecond added for every second of audio
   */
  public record Limits(Duration base, Duration perSecond) {
    Duration of(double seconds) {
      return base.plusMillis((long) (perSecond.toMillis() * seconds));
    }
  }

  public TranscribeStep(
      Database database,
      Chunks chunks,
      ChunkTranscripts results,
      ProjectSettings projects,
      Conversations conversations,
      Recordings recordings,
      ProviderCalls calls,
      SpeechEngine engine,
      Limits limits,
      Scratch scratch) {
    this.database = database;
    this.chunks = chunks;
    this.results = results;
    this.projects = projects;
    this.ends = new ChunkEndings(chunks, conversations);
    this.recordings = recordings;
    this.calls = calls;
    this.engine = engine;
    this.limits = limits;
    this.scratch = scratch;
  }

  @Override
  public Stage stage() {
    return Stage.TRANSCRIBE;
  }

  @Override
  public Optional<String> provider() {
    return Optional.of(engine.provider());
  }

  private record Task(ProjectSettings.Settings project, ProviderCalls.Call call) {}

  @Override
  public int waiting() {
    return waiting.count();
  }

  @Override
  public Ending run(Work work) {
    Chunk chunk =
        work.chunk()
            .or(() -> database.inTenant(work.tenant(), () -> chunks.find(work.row().subject())))
            .orElseThrow(TranscribeStep::erased);
    if (chunk.revision() != work.row().generation()) {
      return conversation -> Ended.with("superseded");
    }
    double seconds = chunk.seconds() == null ? 0 : chunk.seconds();
    Path wav = recordings.wav(chunk);
    Task task =
        database
            .inTenant(work.tenant(), () -> task(work.row(), seconds))
            .orElseThrow(TranscribeStep::erased);
    SpeechRequest request = request(work, task, wav, seconds);
    Answered<Recognition> heard =
        calls.make(
            task.call(),
            waiting.around(work, () -> engine.recognize(request)),
            Recognition::requestId);
    return new Paid(heard.note(), conversation -> end(conversation, work.row(), heard.answer()));
  }

  private static FailureException erased() {
    return FailureException.of(FailureCode.ERASED, "the chunk was erased");
  }

  /** Reads what the request needs, and announces it. */
  private Optional<Task> task(LedgerRow row, double seconds) {
    return projects
        .of(row.project())
        .map(project ->
            new Task(
                project,
                calls.begin(row, engine.provider(), engine.model(), seconds, limits.of(seconds))));
  }

  private SpeechRequest request(Work work, Task task, Path wav, double seconds) {
    return new SpeechRequest(
        wav,
        seconds,
        task.project().language(),
        task.project().keyTerms(),
        limits.of(seconds),
        done -> work.progress(seconds > 0 ? done / seconds : 0));
  }

  private Ended end(LockedConversation conversation, LedgerRow row, Recognition heard) {
    SpeechGuard.Screened guarded = SpeechGuard.screen(heard);
    ChunkState state =
        guarded.kept().segments().isEmpty() ? ChunkState.NO_SPEECH : ChunkState.TRANSCRIBED;
    String code = state == ChunkState.NO_SPEECH ? "no_words" : null;
    database.afterCommit(() -> scratch.forget(row.subject()));
    if (!ends.end(conversation, row, state, code)) {
      return Ended.with("superseded");
    }
    results.insert(
        new ChunkTranscripts.Result(
            row.subject(),
            row.generation(),
            heard.language(),
            guarded.kept().segments(),
            Json.write(guarded.dropped()),
            engine.provider(),
            heard.model(),
            heard.requestId(),
            row.attempts() + 1,
            0));
    String outcome = state == ChunkState.NO_SPEECH ? "no_speech" : "ok";
    return Ended.by(engine.provider(), outcome);
  }

  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
    database.afterCommit(() -> scratch.forget(row.subject()));
    ends.end(conversation, row, ChunkState.FAILED, failure.code().code());
  }
}
