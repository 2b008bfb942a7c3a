package dev.talkmill.chaos;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** All clients of a run, side by side, from its begin to the last acknowledgement. */
final class Recorders implements AutoCloseable {

  private static final InstantSource CLOCK = InstantSource.system();

  private final AtomicBoolean more = new AtomicBoolean(true);
  private final AtomicBoolean patient = new AtomicBoolean(true);
  private final Samples samples;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final Door door;
  private final Sender sender;

  /** Makes a project, and begins. */
  Recorders(Stand stand, Size.Load size, Random random) throws Door.Refused {
    samples = new Samples(size.speechPercent());
    door = new Door(stand::doors, patient::get);
    UUID project = new UUID(random.nextLong(), random.nextLong());
    sender = new Sender(door, project, stand.journal(), CLOCK);
    sender.makeProject();
    for (int i = 0; i < size.clients(); i++) {
      Recorder recorder =
          new Recorder(
              sender, stand.journal(), samples, more::get, CLOCK, new Random(random.nextLong()));
      running.add(threads.submit(recorder));
    }
  }

  /** Chunks that were sent so far. */
  int sent() {
    return samples.given();
  }

  /** Sends a conversation of short chunks and ends it. */
  UUID send(int chunks) throws Door.Refused {
    UUID conversation = sender.begin();
    for (int i = 0; i < chunks; i++) {
      sender.send(conversation, samples.nextShort());
    }
    sender.finish(conversation, chunks);
    return conversation;
  }

  long repeats() {
    return door.repeats();
  }

  /** Ends when every conversation that was begun is settled, erased or given up. */
  void finish(Duration limit) {
    more.set(false);
    long deadline = System.nanoTime() + limit.toNanos();
    for (Future<?> recorder : running) {
      try {
        recorder.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a client broke off", e);
      } catch (TimeoutException e) {
        patient.set(false); // What it was told stands in its log; the rest it does not claim.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  @Override
  public void close() {
    more.set(false);
    patient.set(false);
    threads.shutdownNow();
    door.close();
  }
}
