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
import org.springframework.dao.DataAccessException;

/**
 * Pickup, relay and sweeps over a ledger in whatever state its history is. The relay and the sweeps
 * are called here, in a worker that has not been started.
 */
final class LedgerCosts {

  /** Rows that the relay dispatches in a pass. */
  static final int BATCH = 100;

  private static final int PAGE = 500;
  private static final int WARM_UP = 20;
  private static final int ROUNDS_WARM_UP = 10;
  private static final Duration LIMIT = Duration.ofSeconds(8);

  /** So long that the backlog outlasts the measurement, and takes the cores from nobody. */
  private static final Duration SLOW_SPEECH = Duration.ofSeconds(5);

  private static final String STATUS_SCAN = "Seq Scan on processing_status";
  private static final String EVENT_SCAN = "Seq Scan on processing_event";

  private final Stand stand;
  private final Address address;
  private final Upkeep upkeep;
  private final int count;
  private final ObjectStore store;

  LedgerCosts(Stand stand, Address address, Upkeep upkeep, int count) throws Exception {
    this.stand = stand;
    this.address = address;
    this.upkeep = upkeep;
    this.count = count;
    this.store = Fakes.storeOf(upkeep.keys(PAGE));
  }

  private Mill mill(Duration speechDelay) {
    return new Mill(
        address, stand.scratch("big_tables"), new Shape(speechDelay, BATCH - Relay.AHEAD));
  }

  Samples pickup() {
    try (Mill mill = mill(Duration.ZERO).start()) {
      return Pickup.measure(mill, count, WARM_UP);
    }
  }

  Samples pickupBesideBacklog() {
    try (Mill mill = mill(SLOW_SPEECH).start()) {
      Probe.pickup(mill, mill.home("warm"), WARM_UP, Stage.PREPARE, () -> true);
      return Probe.pickup(mill, mill.home("beside"), count, Stage.PREPARE, () -> true);
    }
  }

  /** Each pass per row that it dispatched, with the look for the next due row that follows it. */
  Samples relay(Runnable before) {
    try (Mill mill = mill(Duration.ZERO)) {
      Relay relay = mill.system().relay();
      int passes = Math.max(10, count / 3);
      Samples samples = new Samples(passes);
      for (int i = -WARM_UP; i < passes; i++) {
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
    try (Mill mill = mill(SLOW_SPEECH).start()) {
      every(mill).forEach(this::round);
      Probe.pickup(mill, mill.home("explained"), WARM_UP, Stage.PREPARE, () -> true);
    } finally {
      plans.stop();
    }
    Map<String, Integer> statements = plans.statementsWith(STATUS_SCAN);
    statements.putAll(plans.statementsWith(EVENT_SCAN));
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
    Samples samples = new Samples(count / 10);
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int warmUp = ROUNDS_WARM_UP; samples.count() < count / 10; warmUp--) {
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
