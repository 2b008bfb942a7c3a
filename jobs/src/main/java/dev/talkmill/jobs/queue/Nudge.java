package dev.talkmill.jobs.queue;

import java.time.Duration;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.JobSteward;

/**
 * Makes JobRunr look for jobs now. It polls every 5 s at best, but asks for more work whenever a
 * worker becomes idle; this lets one become idle that never was busy. Not a documented interface:
 * the version is pinned and a test shows that it acts. If a look was under way the nudge is lost,
 * so it is repeated until one began after the signal.
 */
final class Nudge implements AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(1);
  private static final int TRIES = 1_000;

  private final BackgroundJobServer server;
  private final WorkPages pages;
  private final Loop loop;

  Nudge(BackgroundJobServer server, WorkPages pages) {
    this.server = server;
    this.pages = pages;
    this.loop = new Loop("talkmill-nudge", this::untilAsked);
  }

  void start() {
    loop.start();
  }

  void signal() {
    loop.signal();
  }

  private Duration untilAsked() throws InterruptedException {
    long before = pages.asked();
    pages.want();
    JobSteward steward = server.getJobSteward();
    for (int i = 0; i < TRIES && pages.asked() == before && server.isRunning(); i++) {
      if (i > 0) {
        Thread.sleep(BETWEEN_TRIES);
      }
      steward.notifyThreadOccupied();
      steward.notifyThreadIdle();
    }
    return IDLE;
  }

  @Override
  public void close() {
    loop.close();
  }
}
