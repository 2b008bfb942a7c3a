package dev.talkmill.jobs.queue;

import java.util.UUID;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.runner.ThreadLocalJobContext;

/** Carries a chunk as far along its stages as it can. */
public record ChunkJourney(UUID tenant, UUID row, long epoch) implements JourneyRequest {

  @Override
  public Class<Handler> getJobRequestHandler() {
    return Handler.class;
  }

  /** Called by JobRunr. */
  public static final class Handler implements JobRequestHandler<ChunkJourney> {

    private final JourneyRunner runner;

    Handler(JourneyRunner runner) {
      this.runner = runner;
    }

    @Override
    public void run(ChunkJourney request) {
      runner.run(request, new DashboardLog(ThreadLocalJobContext.getJobContext()));
    }
  }
}
