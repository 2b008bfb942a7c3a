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
  private static final Duration LONG_OUTAGE = Duration.ofSeconds(40);
  private static final int OUTAGE_MILLIS_MIN = 500;
  private static final int OUTAGE_MILLIS_MAX = 5_000;
  private static final int UNHEARD_AT_ONCE = 5;
  private static final Duration STANDSTILL_MAX = Duration.ofMinutes(4);
  private static final Duration CONVERGE_MAX = Duration.ofMinutes(2);

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
    first.start(stand.settings(), null);
    awaitReady(first);
    Watch watch = new Watch(stand.postgres().address());
    if (mutant.equals(Optional.of(Mutant.EARLY_ACK))) {
      watch.acknowledgeEarly();
    }
    try (Recorders recorders = new Recorders(stand, size, random)) {
      first.kill();
      stand.fault(FaultKind.KILL, "-9 of the first");
      killWorkers(recorders);
      stopPostgres(watch);
      swallowCommits();
      makeZombies();
      failProviders();
      breakStore();
      stand.say("the last fault is over; %d chunks were sent".formatted(recorders.sent()));
      recorders.finish();
      boolean quiet = watch.awaitQuiet(CONVERGE_MAX);
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

  /** Phase B. */
  private void killWorkers(Recorders recorders) {
    stand.say("phase B: workers die");
    Deaths deaths = new Deaths(size.deathsEach(), size.kills(), new Random(random.nextLong()));
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
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    awaitChunks(recorders);
  }

  /** The load goes on until there was enough of it. */
  private void awaitChunks(Recorders recorders) {
    long deadline = System.nanoTime() + STANDSTILL_MAX.toNanos();
    int before = recorders.sent();
    while (before < size.chunks()) {
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

  /** Phase C. */
  private void stopPostgres(Watch watch) throws SQLException {
    stand.say("phase C: PostgreSQL stops");
    List<PostgresStop> ways = List.of(PostgresStop.values());
    for (int i = 0; i < size.postgresStops(); i++) {
      PostgresStop how = ways.get(i % ways.size());
      Duration outage =
          i < size.longOutages()
              ? LONG_OUTAGE
              : Duration.ofMillis(random.nextInt(OUTAGE_MILLIS_MIN, OUTAGE_MILLIS_MAX));
      long tried = watch.tried();
      stand.postgres().stop(how);
      Pause.of(outage);
      stand.postgres().start();
      watch.triedIs(tried);
      stand.fault(FaultKind.POSTGRES_STOP, "%s for %d ms".formatted(how, outage.toMillis()));
      stand.workers().forEach(this::awaitReady);
      Pause.of(BREATH);
    }
  }

  /** Phase C, too: what was committed, and nobody was told. */
  private void swallowCommits() {
    Pipe line = stand.databaseLine();
    for (int i = 0; i < size.unheard(); i += UNHEARD_AT_ONCE) {
      line.swallowCommits(UNHEARD_AT_ONCE);
      Pause.of(BREATH);
    }
    line.swallowCommits(0);
    stand.fault(FaultKind.COMMIT_UNHEARD, Integer.toString(line.swallowed()));
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

  /** Phase E. */
  private void failProviders() {
    stand.say("phase E: providers fail");
    for (ProviderFault fault : ProviderFault.values()) {
      if (fault != ProviderFault.NONE) {
        stand.fault(FaultKind.PROVIDER, fault.name());
        stand.providers().fail(fault);
        Pause.of(size.neighbourFault());
      }
    }
    stand.providers().fail(ProviderFault.NONE);
    stand.fault(FaultKind.PROVIDER, ProviderFault.NONE.name());
  }

  /** Phase E, too. */
  private void breakStore() {
    stand.say("phase E: the object store fails");
    for (LineFault fault : LineFault.values()) {
      if (fault != LineFault.NONE) {
        stand.fault(FaultKind.STORE, fault.name());
        stand.storeLine().fail(fault);
        Pause.of(size.neighbourFault());
        stand.storeLine().mend();
      }
    }
    stand.fault(FaultKind.STORE, LineFault.NONE.name());
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
  }
}
