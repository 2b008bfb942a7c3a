package dev.talkmill.jobs.queue;

import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.context.JobDashboardProgressBar;
import org.jspecify.annotations.Nullable;

/**
 * A job's page in the dashboard: its progress bar and its log lines. Ids, figures and what
 * operators write.
 */
final class DashboardLog {

  private static final int STEPS = 100;

  private final JobContext context;
  private @Nullable JobDashboardProgressBar bar;

  DashboardLog(JobContext context) {
    this.context = context;
  }

  void line(String line) {
    context.logger().info(line);
  }

  synchronized void progress(double share) {
    if (bar == null) {
      bar = context.progressBar(STEPS);
    }
    bar.setProgress(Math.round(share * STEPS));
  }
}
