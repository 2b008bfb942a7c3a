package dev.talkmill.chaos;

import dev.talkmill.chaos.check.FaultKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One more worker beside the others, which is put into bad places: with a clock that steps, with a
 * disk that is full, with a heap that is too small.
 */
final class Guest implements Runnable {

  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration STEP = Duration.ofMinutes(2);

  /** Libraries for decoding take some 60 of it. */
  private static final int DISK_MEGABYTES = 160;

  private static final int DISK_MEGABYTES_MIN = 8;
  private static final long MEGABYTE = 1 << 20;

  private static final int HEAP_MEGABYTES = 48;
  private static final int LIVES_STARVED = 3;

  private final Stand stand;
  private final Duration each;

  /**
   * A guest.
   *
   * @param each how long each fault lasts
   */
  Guest(Stand stand, Duration each) {
    this.stand = stand;
    this.each = each;
  }

  @Override
  public void run() {
    stepClock();
    fillDisk();
    starve();
  }

  private WorkerProcess worker() {
    return stand.guest();
  }

  private void begin(Life life) {
    worker().start(stand.settings(), life);
    if (!worker().awaitReady(READY_MAX)) {
      throw new IllegalStateException("the guest does not come up:\n" + worker().logTail());
    }
    stand.openGuest(true);
  }

  private void end() {
    stand.openGuest(false);
    worker().terminate();
    if (worker().awaitEnd(READY_MAX).isEmpty()) {
      throw new IllegalStateException("the guest does not stop:\n" + worker().logTail());
    }
  }

  private void stepClock() {
    Path ahead = worker().directory().resolve("ahead");
    begin(new Life.Clocked(ahead));
    for (long millis : List.of(STEP.toMillis(), -STEP.toMillis(), 0L)) {
      try {
        Files.writeString(ahead, Long.toString(millis));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      stand.fault(FaultKind.CLOCK, "%d s from the others'".formatted(millis / 1_000));
      Pause.of(each);
      if (!worker().isAlive()) {
        throw new IllegalStateException("a step of the clock ended it:\n" + worker().logTail());
      }
    }
    end();
  }

  private void fillDisk() {
    Path data = worker().data();
    Optional<String> unavailable = SmallDisk.unavailable(data);
    if (unavailable.isPresent()) {
      stand.say("full disk left out: " + unavailable.get());
      return;
    }
    begin(new Life.Confined(DISK_MEGABYTES));
    Pause.of(each); // What it needs at all it has by then.
    long filled = SmallDisk.fill(worker().handle(), data);
    stand.fault(FaultKind.DISK_FULL, "with %d MB".formatted(filled / MEGABYTE));
    if (filled < DISK_MEGABYTES_MIN * MEGABYTE) {
      throw new IllegalStateException("the small disk was full before it was filled");
    }
    Pause.of(each);
    try {
      SmallDisk.empty(worker().handle(), data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Pause.of(each);
    end();
  }

  /** It may come up or not, and end or not; nothing may come of that but time. */
  private void starve() {
    for (int i = 0; i < LIVES_STARVED; i++) {
      worker().start(stand.settings(), new Life.Starved(HEAP_MEGABYTES));
      stand.openGuest(true);
      OptionalInt exit = worker().awaitEnd(each.plus(each));
      stand.openGuest(false);
      if (exit.isEmpty()) {
        worker().kill();
      }
      String end = exit.isPresent() ? "it ended with " + exit.getAsInt() : "it was killed";
      stand.fault(FaultKind.TINY_HEAP, "%d MB: %s".formatted(HEAP_MEGABYTES, end));
    }
  }
}
