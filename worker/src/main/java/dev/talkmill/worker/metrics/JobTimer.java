package dev.talkmill.worker.metrics;

import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.queue.StageMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobParameter;
import org.jobrunr.jobs.filters.JobServerFilter;
import org.jspecify.annotations.Nullable;

/**
 * Times jobs as {@code talkmill.job.duration} by the class of their request and result ({@code
 * succeeded} or {@code failed}), from the claim by JobRunr to the end of the handler.
 */
public final class JobTimer implements JobServerFilter {

  private static final String NAME = "talkmill.job.duration";

  /** A row of another class, written by somebody else, must not make a label of its own. */
  private static final Set<String> OWN =
      Arrays.stream(JourneyRequest.class.getPermittedSubclasses())
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;

  /** JobRunr calls begin and end of a job on one thread. */
  private final ThreadLocal<@Nullable Long> startedAt = new ThreadLocal<>();

  public JobTimer(MeterRegistry meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  @Override
  public void onProcessing(Job job) {
    startedAt.set(nanoTime.getAsLong());
  }

  @Override
  public void onProcessingSucceeded(Job job) {
    record(job, "succeeded");
  }

  @Override
  public void onProcessingFailed(Job job, Exception e) {
    record(job, "failed");
  }

  private void record(Job job, String result) {
    Long started = startedAt.get();
    startedAt.remove();
    if (started != null) {
      Timer.builder(NAME)
          .description("Time that a job's handler took")
          .tag("job", type(job))
          .tag("result", result)
          .serviceLevelObjectives(StageMeters.buckets())
          .register(meters)
          .record(Duration.ofNanos(nanoTime.getAsLong() - started));
    }
  }

  private static String type(Job job) {
    return job.getJobDetails().getJobParameters().stream()
        .map(JobParameter::getClassName)
        .filter(OWN::contains)
        .findFirst()
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .orElse("other");
  }
}
