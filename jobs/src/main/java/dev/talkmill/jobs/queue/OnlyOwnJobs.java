package dev.talkmill.jobs.queue;

import java.util.Set;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.filters.ElectStateFilter;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.StateName;

/**
 * Refuses jobs that name anything but our handlers: whoever can write JobRunr's table could call
 * any class. It elects FAILED in place of PROCESSING, for JobRunr only logs what a filter throws.
 * It also takes the place of JobRunr's retry filter, of which there can be only one of a kind.
 */
final class OnlyOwnJobs implements ElectStateFilter {

  private static final Set<String> OWN =
      Set.of(
          ChunkJourney.Handler.class.getName(),
          ConversationJourney.Handler.class.getName(),
          Erasure.Handler.class.getName());

  @Override
  public void onStateElection(Job job, JobState newState) {
    JobDetails details = job.getJobDetails();
    boolean own = OWN.contains(details.getClassName()) && !details.hasStaticFieldName();
    if (newState.getName() == StateName.PROCESSING && !own) {
      job.failed("refused", new SecurityException("not a job of ours: " + details.getClassName()));
    }
  }
}
