package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.Conversations.Settlement;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.conversation.Transcripts;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.ProviderCalls.Answered;
import dev.talkmill.jobs.tenant.ProjectSettings;
import dev.talkmill.pipeline.conversation.Outcome;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.summarize.Summarizer.Summary;
import dev.talkmill.pipeline.summarize.Summarizer.SummaryRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** SUMMARIZE: a summary and a title from the current transcript. */
public final class SummarizeStep implements StageStep {

  private final Database database;
  private final Transcripts transcripts;
  private final ProjectSettings projects;
  private final Conversations conversations;
  private final ProviderCalls calls;
  private final Summarizer summarizer;
  private final Duration timeout;
  private final Waiting waiting = new Waiting();

  public SummarizeStep(
      Database database,
      Transcripts transcripts,
      ProjectSettings projects,
      Conversations conversations,
      ProviderCalls calls,
      Summarizer summarizer,
      Duration timeout) {
    this.database = database;
    this.transcripts = transcripts;
    this.projects = projects;
    this.conversations = conversations;
    this.calls = calls;
    this.summarizer = summarizer;
    this.timeout = timeout;
  }

  @Override
  public Stage stage() {
    return Stage.SUMMARIZE;
  }

  @Override
  public Optional<String> provider() {
    return Optional.of(summarizer.provider());
  }

  @Override
  public int waiting() {
    return waiting.count();
  }

  @Override
  public Ending run(Work work) {
    LedgerRow row = work.row();
    Optional<Task> task = database.inTenant(work.tenant(), () -> task(row));
    if (task.isEmpty()) {
      return conversation -> Ended.with("superseded");
    }
    Answered<Summary> summary =
        calls.make(
            task.get().call(),
            waiting.around(work, () -> summarizer.summarize(task.get().request())),
            made -> null);
    return new Paid(summary.note(), conversation -> end(conversation, row, summary.answer()));
  }

  private record Task(SummaryRequest request, ProviderCalls.Call call) {}

  /** Reads what the request needs, and announces it. */
  private Optional<Task> task(LedgerRow row) {
    return request(row)
        .map(request ->
            new Task(
                request, calls.begin(row, summarizer.provider(), summarizer.model(), 0, timeout)));
  }

  private Optional<SummaryRequest> request(LedgerRow row) {
    List<String> texts = transcripts.currentTexts(row.conversation(), row.generation());
    return texts.isEmpty()
        ? Optional.empty()
        : projects
            .of(row.project())
            .map(project ->
                new SummaryRequest(
                    texts, project.language(), project.keyTerms(), project.titleWanted(), timeout));
  }

  private Ended end(LockedConversation conversation, LedgerRow row, Summary summary) {
    if (conversation.generation() > row.generation()) {
      return Ended.with("superseded");
    }
    Settlement settlement =
        new Settlement(outcome(row), summary.text(), summary.title(), summary.model());
    return conversations.settle(row.conversation(), row.generation(), settlement)
        ? Ended.by(summarizer.provider(), "ok")
        : Ended.with("superseded");
  }

  private Outcome outcome(LedgerRow row) {
    return transcripts.currentHasGaps(row.conversation()) ? Outcome.PARTIAL : Outcome.OK;
  }

  /** The transcript stands; what is missing is the summary, and the row says why. */
  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
    conversations.settle(row.conversation(), row.generation(), Settlement.without(Outcome.PARTIAL));
  }
}
