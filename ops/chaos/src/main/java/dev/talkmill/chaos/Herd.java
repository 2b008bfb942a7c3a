package dev.talkmill.chaos;

import dev.talkmill.chaos.check.Entry;
import dev.talkmill.chaos.check.FaultKind;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Many chunks that are taken in while the object store is away, and are all due when it is back.
 */
final class Herd {

  /** Below what one conversation may send in a minute. */
  private static final int CHUNKS_EACH = 20;

  private static final int SENDERS = 16;
  private static final Duration SEND_MAX = Duration.ofMinutes(5);
  private static final Duration SETTLED_MAX = Duration.ofMinutes(10);
  private static final InstantSource CLOCK = InstantSource.system();

  private final Stand stand;
  private final Watch watch;
  private final Recorders recorders;
  private final ConcurrentLinkedQueue<UUID> sent = new ConcurrentLinkedQueue<>();

  Herd(Stand stand, Watch watch, Recorders recorders) {
    this.stand = stand;
    this.watch = watch;
    this.recorders = recorders;
  }

  /**
   * Sends and waits until all of them are done.
   *
   * @param chunks rounded up to whole conversations
   */
  void run(int chunks) throws SQLException {
    stand.storeLine().fail(LineFault.CUT);
    int conversations = (chunks + CHUNKS_EACH - 1) / CHUNKS_EACH;
    send(conversations);
    stand.fault(FaultKind.HERD, "%d chunks".formatted(conversations * CHUNKS_EACH));
    stand.storeLine().mend();
    long back = System.nanoTime();
    boolean settled = watch.awaitSettled(List.copyOf(sent), SETTLED_MAX);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back);
    if (settled) {
      stand.recovered(FaultKind.HERD, millis);
    } else {
      stand.say("the herd is not done");
    }
  }

  private void send(int conversations) {
    try (ExecutorService threads = Executors.newFixedThreadPool(SENDERS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < conversations; i++) {
        all.add(threads.submit(this::conversation));
      }
      long deadline = System.nanoTime() + SEND_MAX.toNanos();
      for (Future<?> one : all) {
        one.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the herd cannot be sent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void conversation() {
    try {
      UUID id = recorders.send(CHUNKS_EACH);
      stand.journal().add(new Entry.HerdFinished(CLOCK.millis(), id));
      sent.add(id);
    } catch (Door.Refused e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
