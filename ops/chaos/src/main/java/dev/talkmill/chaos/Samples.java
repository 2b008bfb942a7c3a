package dev.talkmill.chaos;

import dev.talkmill.chaos.check.ChunkKind;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives out numbers, so that every chunk of a run is another. */
final class Samples {

  private static final int PERCENT = 100;

  private final AtomicInteger numbers = new AtomicInteger();
  private final int speechPercent;

  /**
   * A mixture.
   *
   * @param speechPercent share of spoken chunks, which cost a decoder each; the rest is half short,
   *     half text
   */
  Samples(int speechPercent) {
    this.speechPercent = speechPercent;
  }

  Sample next(Random random) {
    return new Sample(numbers.getAndIncrement(), kind(random.nextInt(PERCENT)));
  }

  private ChunkKind kind(int percent) {
    if (percent < speechPercent) {
      return ChunkKind.SPEECH;
    }
    return percent < (PERCENT + speechPercent) / 2 ? ChunkKind.SHORT : ChunkKind.TEXT;
  }

  /** Of a herd, which is about numbers alone. */
  Sample nextShort() {
    return new Sample(numbers.getAndIncrement(), ChunkKind.SHORT);
  }

  /** Chunks that were given out so far. */
  int given() {
    return numbers.get();
  }
}
