package dev.talkmill.jobs.queue;

import java.util.UUID;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.server.runner.ThreadLocalJobContext;

/** Removes the objects of what was erased. */
public record Erasure(UUID tenant, UUID row, long epoch) implements JourneyRequest {

  @Override
  public Class<Handler> getJobRequestHandler() {
    return Handler.class;
  }

  /** Called by JobRunr. */
  public static final class Handler implements JobRequestHandler<Erasure> {

    private final JourneyRunner runner;

    Handler(JourneyRunner runner) {
      this.runner = runner;
    }

    @Override
    public void run(Erasure request) {
      runner.run(request, new DashboardLog(ThreadLocalJobContext.getJobContext()));
    }
  }
}
