package dev.talkmill.chaos;

import dev.talkmill.chaos.check.FaultKind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The schedule of faults: phase after phase over the same data, while clients go on recording. */
final class Run {

  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration BREATH = Duration.ofSeconds(2);
  private static final Duration STANDSTILL_MAX = Duration.ofMinutes(4);

  private final Stand stand;
  private final Size size;
  private final Random random;
  private final Optional<Mutant> mutant;

  Run(Stand stand, Size size, long seed, Optional<Mutant> mutant) {
    this.stand = stand;
    this.size = size;
    this.mutant = mutant;
    this.random = new Random(seed);
  }

  /** Breaks everything, and waits until nothing is left to do or the time for that is over. */
  void run() throws SQLException, Door.Refused {
    WorkerProcess first = stand.workers().getFirst();
    first.start(stand.settings(), new Life.Plain());
    awaitReady(first);
    Watch watch = new Watch(stand.postgres().address());
    if (mutant.equals(Optional.of(Mutant.EARLY_ACK))) {
      watch.acknowledgeEarly();
    }
    try (Recorders recorders = new Recorders(stand, size.load(), random)) {
      first.kill();
      stand.fault(FaultKind.KILL, "-9 of the first");
      killWorkers();
      new Outages(stand, watch, random).run(size.outages());
      makeZombies();
      awaitChunks(recorders);
      stand.bill("of all phases but E");
      if (size.neighbours().each().isPositive()) {
        new Neighbours(stand, watch, recorders).run(size.neighbours());
      }
      stand.say("the last fault is over; %d chunks were sent".formatted(recorders.sent()));
      recorders.finish(size.convergeMax());
      boolean quiet = watch.awaitQuiet(size.convergeMax());
      stand.say("the last rows: " + watch.last());
      stand.bill("of phase E, and after it");
      stand.say(
          "%s; clients tried %d times again"
              .formatted(quiet ? "nothing is left to do" : "not all is done", recorders.repeats()));
    }
    stopWorkers();
  }

  private void awaitReady(WorkerProcess worker) {
    if (!worker.awaitReady(READY_MAX)) {
      throw new IllegalStateException("a worker does not come up:\n" + worker.logTail());
    }
  }

  /** Phase B; leaves all workers ready. */
  private void killWorkers() {
    stand.say("phase B: workers die");
    Size.Killing killing = size.deaths();
    Deaths deaths =
        new Deaths(killing.points(), killing.each(), killing.all(), new Random(random.nextLong()));
    List<Lives> lives = new ArrayList<>();
    for (WorkerProcess worker : stand.workers()) {
      lives.add(new Lives(stand, worker, deaths, new Random(random.nextLong())));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      lives.forEach(one -> all.add(threads.submit(one)));
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Phase D. */
  private void makeZombies() {
    stand.say("phase D: workers stand still for longer than their leases");
    for (int i = 0; i < size.zombies(); i++) {
      WorkerProcess worker = stand.workers().get(i % stand.workers().size());
      worker.freeze();
      Pause.of(stand.lease().multipliedBy(3).dividedBy(2));
      worker.thaw();
      stand.fault(FaultKind.ZOMBIE, "for one and a half leases");
      Pause.of(BREATH);
    }
  }

  /** The load goes on until there was enough of it. */
  private void awaitChunks(Recorders recorders) {
    long deadline = System.nanoTime() + STANDSTILL_MAX.toNanos();
    int before = recorders.sent();
    while (before < size.load().chunks()) {
      Pause.of(BREATH);
      int sent = recorders.sent();
      if (sent > before) {
        deadline = System.nanoTime() + STANDSTILL_MAX.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new IllegalStateException("clients get no further than chunk " + sent);
      }
      before = sent;
    }
  }

  /** They are asked to, so what they hold is given back. */
  private void stopWorkers() {
    for (WorkerProcess worker : stand.workers()) {
      worker.terminate();
    }
    for (WorkerProcess worker : stand.workers()) {
      if (worker.awaitEnd(READY_MAX).isEmpty()) {
        throw new IllegalStateException("a worker does not stop:\n" + worker.logTail());
      }
    }
    List<String> orphans = stand.orphans();
    if (!orphans.isEmpty()) {
      throw new IllegalStateException("what workers have started still runs: " + orphans);
    }
  }
}
