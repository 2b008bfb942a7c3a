package dev.talkmill.jobs.sweep;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs a sweep that waits for the object store on a thread of its own, one round at a time: with
 * the store away, the sweeps that only need the database go on healing.
 */
public final class Aside implements Sweep {

  private final Sweep sweep;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable FutureTask<Integer> round;

  public Aside(Sweep sweep) {
    this.sweep = sweep;
  }

  @Override
  public String name() {
    return sweep.name();
  }

  @Override
  public boolean heals() {
    return sweep.heals();
  }

  /**
   * Begins a round unless one is under way.
   *
   * @return what the round before this one mended
   * @throws RuntimeException of that round
   */
  @Override
  public int runOnce() {
    lock.lock();
    try {
      FutureTask<Integer> last = round;
      if (last != null && !last.isDone()) {
        return 0;
      }
      FutureTask<Integer> next = new FutureTask<>(sweep::runOnce);
      round = next;
      Thread.ofVirtual().name("talkmill-sweep-" + sweep.name()).start(next);
      return last == null ? 0 : result(last);
    } finally {
      lock.unlock();
    }
  }

  private static int result(FutureTask<Integer> done) {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException reason
          ? reason
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
