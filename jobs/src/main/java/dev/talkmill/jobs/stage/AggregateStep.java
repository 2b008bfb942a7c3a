package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.Conversations.Settlement;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.conversation.Transcripts;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.aggregate.Timeline;
import dev.talkmill.pipeline.aggregate.Transcript;
import dev.talkmill.pipeline.conversation.Outcome;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;

/** AGGREGATE: a new version of the transcript from what the chunks say now. */
public final class AggregateStep implements StageStep {

  private final Database database;
  private final ChunkTranscripts results;
  private final Transcripts transcripts;
  private final Conversations conversations;

  public AggregateStep(
      Database database,
      ChunkTranscripts results,
      Transcripts transcripts,
      Conversations conversations) {
    this.database = database;
    this.results = results;
    this.transcripts = transcripts;
    this.conversations = conversations;
  }

  @Override
  public Stage stage() {
    return Stage.AGGREGATE;
  }

  @Override
  public Ending run(Work work) {
    LedgerRow row = work.row();
    Transcript transcript =
        Timeline.join(database.inTenant(work.tenant(), () -> results.of(row.conversation())));
    return conversation -> end(conversation, row, transcript);
  }

  /**
   * A change that came while the transcript was joined is not in it: the row ends superseded, and
   * the newer generation is scheduled by whoever ends rows.
   */
  private Ended end(LockedConversation conversation, LedgerRow row, Transcript transcript) {
    boolean overtaken = conversation.generation() > row.generation();
    if (overtaken || !conversations.transcriptMade(row.conversation(), row.generation())) {
      return Ended.with("superseded");
    }
    transcripts.insert(row.conversation(), row.generation(), transcript);
    return switch (transcript.outcome()) {
      case OK, PARTIAL ->
          Ended.then(
              NewRow.due(
                  row.project(),
                  row.conversation(),
                  row.conversation(),
                  Stage.SUMMARIZE,
                  row.generation(),
                  row.priority()));
      // Nothing to summarise is a verdict, and never costs a call.
      case NO_SPEECH, FAILED, EMPTY -> {
        conversations.settle(
            row.conversation(), row.generation(), Settlement.without(transcript.outcome()));
        yield Ended.with(transcript.outcome().code());
      }
    };
  }

  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
    conversations.transcriptMade(row.conversation(), row.generation());
    conversations.settle(row.conversation(), row.generation(), Settlement.without(Outcome.FAILED));
  }
}
