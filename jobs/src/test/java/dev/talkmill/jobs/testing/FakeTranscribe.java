package dev.talkmill.jobs.testing;

import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.conversation.Convergence.Settling;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** TRANSCRIBE without a recogniser: every chunk says its revision and, on request, more happens. */
public final class FakeTranscribe implements StageStep {

  private final Chunks chunks;
  private final ChunkTranscripts results;
  private final Conversations conversations;
  private volatile Consumer<Work> during = work -> {};

  public FakeTranscribe(Database database) {
    Ledger ledger = new Ledger(database, InstantSource.system(), Duration.ofSeconds(2), () -> {});
    this.chunks = new Chunks(database);
    this.results = new ChunkTranscripts(database);
    this.conversations =
        new Conversations(
            database, ledger, new Settling(Duration.ofMillis(1), Duration.ofMillis(1)));
  }

  /** Runs inside every attempt from now on, for example to park it. */
  public FakeTranscribe during(Consumer<Work> action) {
    during = action;
    return this;
  }

  @Override
  public Stage stage() {
    return Stage.TRANSCRIBE;
  }

  @Override
  public Optional<String> provider() {
    return Optional.of("fake-speech");
  }

  @Override
  public Ending run(Work work) {
    during.accept(work);
    return conversation -> end(conversation, work.row());
  }

  /** What an attempt writes when it ends. */
  public Ended end(LockedConversation conversation, LedgerRow row) {
    if (!chunks.end(row.subject(), row.generation(), ChunkState.TRANSCRIBED, null)) {
      return Ended.with("superseded");
    }
    conversations.changed(conversation);
    results.insert(
        new ChunkTranscripts.Result(
            row.subject(),
            row.generation(),
            "en",
            List.of(
                new SpeechSegment(
                    0, 1, null, "revision " + row.generation(), null, null, List.of())),
            "[]",
            "fake",
            "fake-1",
            null,
            row.attempts() + 1,
            0));
    return Ended.with("ok");
  }

  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
    if (chunks.end(row.subject(), row.generation(), ChunkState.FAILED, failure.code().code())) {
      conversations.changed(conversation);
    }
  }
}
