package dev.talkmill.chaos;

import dev.talkmill.chaos.Door.OutOfPatienceException;
import dev.talkmill.chaos.Door.Refused;
import dev.talkmill.chaos.check.ChunkKind;
import dev.talkmill.chaos.check.Entry;
import dev.talkmill.chaos.check.Oracle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * A client that records conversations one after the other, each when the one before is settled. It
 * writes down what it is told before it does anything else, and believes nothing that it was not
 * told.
 */
final class Recorder implements Runnable {

  private static final int CHUNKS_MAX = 6;

  /** One spoken chunk of this many goes past the workers by presigned upload. */
  private static final int UPLOAD_EACH = 4;

  /** One conversation of this many is erased, half of them before they are settled. */
  private static final int ERASE_EACH = 6;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);
  private static final Duration SETTLED_MAX = Duration.ofMinutes(3);

  private final Sender sender;
  private final Journal journal;
  private final Samples samples;
  private final BooleanSupplier more;
  private final InstantSource clock;
  private final Random random;

  /**
   * A client of its own.
   *
   * @param samples shared by all clients
   * @param more whether to begin another conversation
   */
  Recorder(
      Sender sender,
      Journal journal,
      Samples samples,
      BooleanSupplier more,
      InstantSource clock,
      Random random) {
    this.sender = sender;
    this.journal = journal;
    this.samples = samples;
    this.more = more;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void run() {
    while (more.getAsBoolean()) {
      try {
        conversation();
      } catch (Refused e) {
        // Everything that is sent is sound, so something must be gone.
        journal.add(new Entry.Refused(now(), String.valueOf(e.getMessage())));
      } catch (OutOfPatienceException e) {
        return; // What it was told stands in its log; the rest it does not claim.
      }
    }
  }

  private void conversation() throws Refused {
    UUID id = sender.begin();
    int chunks = 1 + random.nextInt(CHUNKS_MAX);
    for (int i = 0; i < chunks; i++) {
      Sample sample = samples.next(random);
      if (sample.kind() == ChunkKind.SPEECH && random.nextInt(UPLOAD_EACH) == 0) {
        sender.upload(id, sample);
      } else {
        sender.send(id, sample);
      }
    }
    sender.finish(id, chunks);
    journal.add(new Entry.Finished(now(), id));
    boolean erase = random.nextInt(ERASE_EACH) == 0;
    if (!erase || random.nextBoolean()) {
      awaitSettled(id);
    }
    if (erase) {
      journal.add(new Entry.Erasing(now(), id));
      sender.erase(id);
      journal.add(new Entry.Erased(now(), id));
    }
  }

  /** What is not settled by then the checker finds. */
  private void awaitSettled(UUID id) throws Refused {
    long deadline = System.nanoTime() + SETTLED_MAX.toNanos();
    while (System.nanoTime() < deadline) {
      if (sender.isSettled(id)) {
        journal.add(new Entry.Settled(now(), id, Oracle.numbers(sender.transcript(id))));
        return;
      }
      Pause.of(LOOK_AGAIN);
    }
  }

  private long now() {
    return clock.millis();
  }
}
