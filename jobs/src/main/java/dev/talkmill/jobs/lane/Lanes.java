package dev.talkmill.jobs.lane;

import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntUnaryOperator;

/**
 * Bulkheads, one per stage: what bounds a stage is a resource of the process (cores, connections, a
 * provider's limit). A permit is taken before a row is claimed, so that nothing is PROCESSING while
 * it waits.
 */
public final class Lanes {

  private final Map<Stage, Lane> lanes = new EnumMap<>(Stage.class);
  private final Map<Stage, IntUnaryOperator> gates;
  private final Holds holds;
  private final int total;
  private volatile Runnable freed = () -> {};
  private volatile boolean closed;

  /** As below, where nobody pauses anything. */
  public Lanes(Map<Stage, Integer> sizes, Map<Stage, IntUnaryOperator> gates) {
    this(sizes, gates, new Holds(Map.of()));
  }

  /**
   * @param sizes of every stage, at least 1
   * @param gates of stages whose provider may be down: of so many free places, those to be filled
   *     now
   * @param holds what operators have paused
   */
  public Lanes(Map<Stage, Integer> sizes, Map<Stage, IntUnaryOperator> gates, Holds holds) {
    this.gates = Map.copyOf(gates);
    this.holds = holds;
    int sum = 0;
    for (Stage stage : Stage.values()) {
      Integer size = sizes.get(stage);
      if (size == null || size < 1) {
        throw new IllegalArgumentException("the lane of " + stage + " needs a size of at least 1");
      }
      lanes.put(stage, new Lane(size));
      sum += size;
    }
    this.total = sum;
  }

  /** Rows of all stages that this process does at once. */
  public int total() {
    return total;
  }

  /** The right to run one row of a stage in this process; given back once. */
  public interface Permit extends AutoCloseable {
    @Override
    void close();
  }

  /** Names who is told, on the thread that gives a permit back, that there is room. */
  public void tellsWhenFree(Runnable listener) {
    this.freed = listener;
  }

  /** From here on no permit is given; those that are out are given back as ever. */
  public void close() {
    closed = true;
  }

  /** Waits for a permit; empty if none came free in time. */
  public Optional<Permit> acquire(Stage stage, Priority priority, Duration wait)
      throws InterruptedException {
    return closed ? Optional.empty() : lane(stage).acquire(priority, wait, this::tell);
  }

  /** Takes a permit if one is free right now and the tenant's work there is not paused. */
  public Optional<Permit> tryAcquire(Stage stage, Priority priority, UUID tenant) {
    return closed || holds.hold(stage, tenant)
        ? Optional.empty()
        : lane(stage).tryAcquire(priority, this::tell);
  }

  private void tell() {
    freed.run();
  }

  /** What operators have paused, as this process knows it. */
  public Holds holds() {
    return holds;
  }

  /** Places that may be filled now: some are kept for urgent work. */
  public int free(Stage stage, boolean urgent) {
    return lane(stage).free(urgent);
  }

  /**
   * Of so many places of a stage, those that its gate lets fill: none while its provider is down.
   */
  public int gated(Stage stage, int places) {
    return gates.getOrDefault(stage, IntUnaryOperator.identity()).applyAsInt(places);
  }

  @SuppressWarnings("NullAway") // The constructor put every stage.
  private Lane lane(Stage stage) {
    return lanes.get(stage);
  }
}
