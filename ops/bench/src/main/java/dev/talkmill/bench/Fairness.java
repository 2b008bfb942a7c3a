package dev.talkmill.bench;

import dev.talkmill.bench.FrontDoor.Home;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Whole journeys of chunks, accepted to transcribed, beside a backlog and idle in the same worker:
 * of a tenant that has 10 chunks while another has 100,000 of the same class queued, and of a live
 * chunk beside a backfill of 100,000 of the same tenant. The backlog is worked off meanwhile, and
 * nothing is measured once it is gone.
 */
final class Fairness implements Measure {

  @Override
  public String name() {
    return "fairness";
  }

  @Override
  public String question() {
    return "chunk accepted to transcribed, beside a backlog of 100,000 chunks";
  }

  @Override
  public List<String> figures() {
    return List.of("fairness_small_p99", "fairness_live_p99");
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    return List.of(beside(stand, SMALL), beside(stand, LIVE));
  }

  private static final Kind SMALL =
      new Kind("fairness_small_p99", 10, true, ChunkSource.PORTAL_AUDIO, Priority.LIVE);
  private static final Kind LIVE =
      new Kind("fairness_live_p99", 1, false, ChunkSource.IMPORT, Priority.BACKFILL);

  /**
   * Whose journeys are measured, beside what.
   *
   * @param together chunks accepted one after the other before the first is waited for
   * @param other whether the backlog is another tenant's
   */
  private record Kind(
      String figure, int together, boolean other, ChunkSource backlog, Priority priority) {}

  private static Figure beside(Stand stand, Kind kind) {
    Address address = stand.migrated("fairness");
    int count = stand.size().of(1_000, 10);
    // A tenth of the full backlog would take longer than all of a quick run.
    int backlog = stand.size().pick(100_000, 2_000, 200);
    try (Mill mill = new Mill(address, stand.scratch(kind.figure()), Shape.usual()).start()) {
      Home home = mill.door().home("measured");
      journeys(mill, home, kind.together(), count / 4, () -> true);
      Samples idle = journeys(mill, home, kind.together(), count, () -> true);
      Home owner = kind.other() ? mill.door().home("large") : home;
      long before = mill.clockwork().count(Stage.STORE);
      Rows.accepted(address, owner, backlog, kind.backlog(), kind.priority());
      mill.core().signal().rowsDue();
      Samples beside =
          journeys(
              mill,
              home,
              kind.together(),
              count,
              () -> mill.clockwork().count(Stage.STORE) - before < backlog);
      stand.say(
          "%s: %d journeys, idle and beside %d queued chunks"
              .formatted(kind.figure(), beside.count(), backlog));
      return Figure.beside(
          kind.figure(), beside.millis(0.99), "ms", idle.millis(0.99), "the same, idle");
    }
  }

  /**
   * Measures at most {@code count} journeys; those of a round that ended after {@code lasts} had
   * become false do not count.
   */
  private static Samples journeys(
      Mill mill, Home home, int together, int count, BooleanSupplier lasts) {
    Samples samples = new Samples(count);
    while (samples.count() + together <= count) {
      UUID conversation = mill.door().conversation(home);
      UUID[] chunks = new UUID[together];
      long[] times = new long[together];
      for (int i = 0; i < together; i++) {
        chunks[i] = mill.door().accept(home, conversation, ChunkSource.PORTAL_AUDIO);
        times[i] = System.nanoTime();
      }
      for (int i = 0; i < together; i++) {
        times[i] = mill.clockwork().ended(Stage.TRANSCRIBE, chunks[i]) - times[i];
      }
      if (!lasts.getAsBoolean()) {
        return samples;
      }
      for (long time : times) {
        samples.add(time);
      }
    }
    return samples;
  }
}
