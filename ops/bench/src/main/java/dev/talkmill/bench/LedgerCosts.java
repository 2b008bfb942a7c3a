package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.queue.Relay;
import dev.talkmill.jobs.sweep.ExpireUploads;
import dev.talkmill.jobs.sweep.OrphanObjects;
import dev.talkmill.jobs.sweep.RowsWithoutObjects;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.store.ObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;

/**
 * Pickup, relay and sweeps over a ledger in whatever state its history is. The relay and the sweeps
 * are called here, in a worker that has not been started.
 */
final class LedgerCosts {

  /** Rows that the relay dispatches in a pass. */
  static final int BATCH = 100;

  private static final int PAGE = 500;
  private static final Duration LIMIT = Duration.ofSeconds(8);

  /** So long that the backlog outlasts the measurement, and takes the cores from nobody. */
  private static final Duration SLOW_SPEECH = Duration.ofSeconds(5);

  private static final Duration SHORT_SPEECH = Duration.ofMillis(200);

  private static final Pattern SCAN_OF_HISTORY =
      Pattern.compile("Seq Scan on (" + String.join("|", Upkeep.HISTORY) + ")\\b");

  private final Stand stand;
  private final Address address;
  private final Upkeep upkeep;
  private final Times times;
  private final ObjectStore store;

  /**
   * How often each is measured.
   *
   * @param warmUp of pickups and of passes, and half of it of rounds
   */
  private record Times(int pickups, int passes, int rounds, int warmUp) {
    static Times of(Size size) {
      return size.pick(
          new Times(500, 200, 50, 20), new Times(50, 20, 5, 10), new Times(3, 2, 1, 1));
    }
  }

  LedgerCosts(Stand stand, Address address, Upkeep upkeep) throws Exception {
    this.stand = stand;
    this.address = address;
    this.upkeep = upkeep;
    this.times = Times.of(stand.size());
    this.store = FakeStores.of(upkeep.keys(PAGE));
  }

  private Mill mill(Duration speechDelay) {
    return mill(speechDelay, Shape.usual().connections());
  }

  private Mill mill(Duration speechDelay, int connections) {
    return new Mill(
        address,
        stand.scratch("big_tables"),
        new Shape(speechDelay, BATCH - Relay.AHEAD, connections));
  }

  Samples pickup() {
    try (Mill mill = mill(Duration.ZERO).start()) {
      return Pickup.measure(mill, times.pickups(), times.warmUp());
    }
  }

  Samples pickupBesideBacklog() {
    try (Mill mill = mill(stand.size().pick(SLOW_SPEECH, SLOW_SPEECH, SHORT_SPEECH)).start()) {
      Probe.pickup(mill, mill.door().home("warm"), times.warmUp(), Stage.PREPARE, () -> true);
      return Probe.pickup(
          mill, mill.door().home("beside"), times.pickups(), Stage.PREPARE, () -> true);
    }
  }

  /** Each pass over {@link #BATCH} rows that are all that waits. */
  Samples relay() {
    return passes(() -> upkeep.batch(BATCH));
  }

  /** Each pass over as many rows of what waits already. */
  Samples relayOfBacklog() {
    return passes(() -> {});
  }

  /**
   * Each pass per row that it dispatched, with the look for the next due row that follows it. A
   * pass dispatches no more rows than there are connections, of which it needs one.
   */
  private Samples passes(Runnable before) {
    try (Mill mill = mill(Duration.ZERO, BATCH)) {
      Relay relay = mill.system().relay();
      Samples samples = new Samples(times.passes());
      for (int i = -times.warmUp(); i < times.passes(); i++) {
        before.run();
        long start = System.nanoTime();
        int dispatched = relay.runOnce().dispatched();
        relay.untilNextDue();
        long took = System.nanoTime() - start;
        upkeep.workedOff();
        if (dispatched != BATCH) {
          throw new IllegalStateException(dispatched + " rows were dispatched, not " + BATCH);
        }
        if (i >= 0) {
          samples.add(took / dispatched);
        }
      }
      return samples;
    }
  }

  /** Rounds of each sweep in which there was nothing to mend. */
  Map<String, Samples> sweeps() {
    Map<String, Samples> all = new LinkedHashMap<>();
    try (Mill mill = mill(Duration.ZERO)) {
      for (Sweep sweep : every(mill)) {
        all.put(sweep.name(), rounds(sweep));
      }
    }
    return all;
  }

  /** Statements that read all of the history, by their plans; each is named. */
  int explained() throws IOException {
    Plans plans = new Plans(stand.serverLog(), address);
    plans.start();
    try (Mill mill = mill(stand.size().pick(SLOW_SPEECH, SLOW_SPEECH, SHORT_SPEECH)).start()) {
      every(mill).forEach(Sweep::runOnce);
      Probe.pickup(mill, mill.door().home("explained"), times.warmUp(), Stage.PREPARE, () -> true);
    } finally {
      plans.stop();
    }
    Map<String, Integer> statements = plans.statementsWith(SCAN_OF_HISTORY);
    statements.forEach((statement, times) ->
        stand.say("scanned all history %d times: %s".formatted(times, statement)));
    return statements.size();
  }

  private List<Sweep> every(Mill mill) {
    var database = mill.core().database();
    var meters = new SimpleMeterRegistry();
    List<Sweep> sweeps = new ArrayList<>(mill.system().sweeps().all());
    sweeps.add(new ExpireUploads(database, store));
    sweeps.add(new RowsWithoutObjects(database, store, System::nanoTime, meters));
    sweeps.add(new OrphanObjects(database, store, mill.core().clock(), System::nanoTime, meters));
    return sweeps;
  }

  /** At least one round, however long it takes. */
  private Samples rounds(Sweep sweep) {
    Samples samples = new Samples(times.rounds());
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int warmUp = times.warmUp() / 2; samples.count() < times.rounds(); warmUp--) {
      upkeep.rested();
      long took = round(sweep);
      boolean over = System.nanoTime() > end;
      if (warmUp <= 0 || over) {
        samples.add(took);
      }
      if (over) {
        break;
      }
    }
    return samples;
  }

  private long round(Sweep sweep) {
    long start = System.nanoTime();
    int mended = 0;
    try {
      mended = sweep.runOnce();
    } catch (DataAccessException e) {
      // Most likely it took longer than a statement may; the figure tells.
      stand.say("sweep %s failed: %s".formatted(sweep.name(), e));
    }
    long took = System.nanoTime() - start;
    if (mended > 0) {
      throw new IllegalStateException(sweep.name() + " found " + mended + " to mend");
    }
    return took;
  }
}
