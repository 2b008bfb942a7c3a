package dev.talkmill.jobs.queue;

import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.JobServerFilter;

/**
 * Refuses jobs that name a class outside of ours: whoever can write JobRunr's table could call any.
 */
final class OnlyOwnJobs implements JobServerFilter {

  private static final String OWN = OnlyOwnJobs.class.getPackageName() + ".";

  @Override
  public void onProcessing(Job job) {
    String type = job.getJobDetails().getClassName();
    if (!type.startsWith(OWN) || job.getJobDetails().hasStaticFieldName()) {
      throw new SecurityException("refused to run a job of a foreign class: " + type);
    }
  }
}
