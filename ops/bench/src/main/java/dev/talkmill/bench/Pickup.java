package dev.talkmill.bench;

import dev.talkmill.bench.FrontDoor.Home;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;
import java.util.UUID;

/** Chunk accepted to its handler started, in an idle worker, one at a time. */
final class Pickup implements Measure {

  private static final int WARM_UP = 300;

  @Override
  public String name() {
    return "pickup";
  }

  @Override
  public String question() {
    return "chunk accepted to handler started, idle";
  }

  @Override
  public List<String> figures() {
    return List.of("pickup_p50", "pickup_p99");
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    int count = stand.size().of(1_000, 20);
    Samples notify = NotifyRoundTrip.measure(stand, count);
    try (Mill mill =
        new Mill(stand.migrated("pickup"), stand.scratch("pickup"), Shape.usual()).start()) {
      Samples pickup = measure(mill, count, stand.size().of(WARM_UP, 5));
      return List.of(
          beside("pickup_p50", pickup, notify, 0.5), beside("pickup_p99", pickup, notify, 0.99));
    }
  }

  private static Figure beside(String name, Samples pickup, Samples notify, double quantile) {
    return Figure.beside(
        name,
        pickup.millis(quantile),
        "ms",
        notify.millis(quantile),
        "committed insert to LISTEN, same quantile");
  }

  /** Accepts one chunk at a time; each waits until the whole journey of the last is over. */
  static Samples measure(Mill mill, int count, int warmUp) {
    Home home = mill.door().home("pickup");
    UUID conversation = mill.door().conversation(home);
    Samples samples = new Samples(count);
    for (int i = -warmUp; i < count; i++) {
      UUID chunk = mill.door().accept(home, conversation, ChunkSource.PORTAL_AUDIO);
      long accepted = System.nanoTime();
      long began = mill.clockwork().began(Stage.STORE, chunk);
      mill.clockwork().ended(Stage.TRANSCRIBE, chunk);
      if (i >= 0) {
        samples.add(began - accepted);
      }
      if (i % 50 == 49) {
        conversation = mill.door().conversation(home);
      }
    }
    return samples;
  }
}
