package dev.talkmill.jobs.sweep;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs all sweeps round after round on one thread, and counts what each mended. */
public final class Sweeps implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Sweeps.class);

  private final List<Sweep> sweeps;
  private final Duration every;
  private final MeterRegistry meters;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  public Sweeps(List<Sweep> sweeps, Duration every, MeterRegistry meters) {
    this.sweeps = List.copyOf(sweeps);
    this.every = every;
    this.meters = meters;
    this.thread = Thread.ofPlatform().name("talkmill-sweeps").daemon().unstarted(this::loop);
    sweeps.forEach(sweep -> count(sweep, 0));
  }

  public void start() {
    thread.start();
  }

  /** Each of them, in the order of a round. */
  public List<Sweep> all() {
    return sweeps;
  }

  private void loop() {
    try {
      do {
        runOnce();
        // Jitter keeps the sweeps of many processes apart.
      } while (!closed.await(
          every.toMillis() + ThreadLocalRandom.current().nextLong(every.toMillis() / 4 + 1),
          TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One round of all; a sweep that fails does not keep the others from running. */
  public void runOnce() {
    for (Sweep sweep : sweeps) {
      try {
        int mended = sweep.runOnce();
        count(sweep, mended);
        if (mended > 0 && sweep.heals()) {
          log.warn("sweep {} mended {}", sweep.name(), mended);
        }
      } catch (RuntimeException e) {
        meters.counter("talkmill.sweep.errors", "sweep", sweep.name()).increment();
        log.warn("sweep {} failed and will be repeated: {}", sweep.name(), e.toString());
      }
    }
  }

  private void count(Sweep sweep, int mended) {
    meters
        .counter(
            "talkmill.sweep.mended", "sweep", sweep.name(), "heals", String.valueOf(sweep.heals()))
        .increment(mended);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      if (thread.isAlive() && !thread.join(Duration.ofSeconds(10))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
