package dev.talkmill.jobs.queue;

import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.context.JobContext;

/** Runs a saved job on the thread that calls, as one of JobRunr's threads would. */
public final class ByHand {

  private ByHand() {}

  /**
   * Runs it.
   *
   * @return false if it shows as failed in the dashboard
   */
  public static boolean run(JourneyRunner runner, Job job) {
    try {
      runner.run(request(job), new DashboardLog(new JobContext(job) {}));
      return true;
    } catch (AttemptFailedException e) {
      return false;
    }
  }

  /** What the job carries, as it is stored. */
  public static JourneyRequest request(Job job) {
    return (JourneyRequest) job.getJobDetails().getJobParameterValues()[0];
  }
}
