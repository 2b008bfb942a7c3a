package dev.talkmill.worker.health;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * A check whose answer comes within 3 s and is kept for 5 s, so that no number of probes weighs on
 * what is checked. One that hangs is not asked again until it has come back.
 */
public final class BoundedHealth implements HealthIndicator {

  /**
   * Something is missing that the worker can do without for a while: recordings are taken in and
   * wait. Unknown to Spring's order of states, so it neither hides DOWN nor fails a probe.
   */
  public static final Status DEGRADED = new Status("DEGRADED");

  private static final Logger log = LoggerFactory.getLogger(BoundedHealth.class);

  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final Duration KEPT = Duration.ofSeconds(5);

  private final String subject;
  private final Status whenMissing;
  private final Check check;
  private final Duration limit;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable FutureTask<Health> running;
  private @Nullable Health answer;
  private long answeredAt;

  BoundedHealth(
      String subject, Status whenMissing, Check check, Duration limit, LongSupplier nanoTime) {
    this.subject = subject;
    this.whenMissing = whenMissing;
    this.check = check;
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /**
   * Something without which no request can be answered: DOWN while it is missing.
   *
   * @param subject begins a sentence, for example {@code The database}
   */
  public static BoundedHealth required(String subject, Check check) {
    return new BoundedHealth(subject, Status.DOWN, check, LIMIT, System::nanoTime);
  }

  /** Something without which recordings are still taken in: {@link #DEGRADED} while missing. */
  public static BoundedHealth useful(String subject, Check check) {
    return new BoundedHealth(subject, DEGRADED, check, LIMIT, System::nanoTime);
  }

  @Override
  public Health health() {
    lock.lock();
    try {
      Health kept = answer;
      if (kept != null && nanoTime.getAsLong() - answeredAt < KEPT.toNanos()) {
        return kept;
      }
      Health fresh = ask();
      answer = fresh;
      answeredAt = nanoTime.getAsLong();
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  private Health ask() {
    FutureTask<Health> task = running;
    if (task == null) {
      task = new FutureTask<>(this::look);
      running = task;
      Thread.ofVirtual().name("talkmill-health").start(task);
    }
    try {
      Health health = task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      running = null;
      return health;
    } catch (TimeoutException e) {
      return missing("%s does not answer within %d s.".formatted(subject, limit.toSeconds()));
    } catch (ExecutionException e) {
      running = null;
      return missing(subject + " cannot be checked.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return missing("The check of what is missing was interrupted.");
    }
  }

  private Health look() {
    try {
      Optional<String> missing = check.missing();
      return missing.map(this::missing).orElseGet(() -> Health.up().build());
    } catch (RuntimeException e) {
      // The message may name addresses and users; the log of whoever uses the thing has it.
      log.debug("health check failed", e);
      return missing(subject + " does not answer.");
    }
  }

  private Health missing(String sentence) {
    return Health.status(whenMissing).withDetail("missing", sentence).build();
  }
}
