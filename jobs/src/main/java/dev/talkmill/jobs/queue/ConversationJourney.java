package dev.talkmill.jobs.queue;

import java.util.UUID;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.runner.ThreadLocalJobContext;

/** Carries a conversation from its chunks to its summary. */
public record ConversationJourney(UUID tenant, UUID row, long epoch) implements JourneyRequest {

  @Override
  public Class<Handler> getJobRequestHandler() {
    return Handler.class;
  }

  /** Called by JobRunr. */
  public static final class Handler implements JobRequestHandler<ConversationJourney> {

    private final JourneyRunner runner;

    Handler(JourneyRunner runner) {
      this.runner = runner;
    }

    @Override
    public void run(ConversationJourney request) {
      runner.run(request, new DashboardLog(ThreadLocalJobContext.getJobContext()));
    }
  }
}
