package dev.talkmill.bench;

import dev.talkmill.bench.FrontDoor.Home;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Takes live chunks in, one at a time, whatever else the worker does meanwhile. */
final class Probe {

  private static final int CHUNKS = 50;

  private Probe() {}

  /**
   * Chunk accepted to handler started.
   *
   * @param last the next chunk is accepted when this stage of the one before has ended
   * @param lasts asked after every chunk; one that ended later than what it was to be measured
   *     beside does not count
   */
  static Samples pickup(Mill mill, Home home, int count, Stage last, BooleanSupplier lasts) {
    Samples samples = new Samples(count);
    UUID conversation = mill.door().conversation(home);
    while (samples.count() < count) {
      UUID chunk = mill.door().accept(home, conversation, ChunkSource.PORTAL_AUDIO);
      long accepted = System.nanoTime();
      long began = mill.clockwork().began(Stage.STORE, chunk);
      mill.clockwork().ended(last, chunk);
      if (!lasts.getAsBoolean()) {
        return samples;
      }
      samples.add(began - accepted);
      if (samples.count() % CHUNKS == 0) {
        conversation = mill.door().conversation(home);
      }
    }
    return samples;
  }
}
