package dev.talkmill.jobs.testing;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.summarize.Summarizer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Says how much it was given; fails as often as it is told to. */
public final class FakeSummarizer implements Summarizer {

  private final List<List<String>> asked = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
  private volatile Runnable before = () -> {};

  @Override
  public String provider() {
    return "fake";
  }

  @Override
  public String model() {
    return "counting";
  }

  @Override
  public Summary summarize(SummaryRequest request) {
    asked.add(request.segments());
    before.run();
    Failure failure = failures.poll();
    if (failure != null) {
      throw new FailureException(failure);
    }
    return new Summary(
        "Summary of " + String.join(" | ", request.segments()), "A title", "counting-1");
  }

  public List<List<String>> asked() {
    return asked;
  }

  public void failNext(Failure failure) {
    failures.add(failure);
  }

  /** Runs inside every call from now on, for example to park it. */
  public void during(Runnable action) {
    before = action;
  }
}
