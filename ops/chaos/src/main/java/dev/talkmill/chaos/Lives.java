package dev.talkmill.chaos;

import dev.talkmill.chaos.Life.Death;
import dev.talkmill.chaos.agent.CrashPoint;
import dev.talkmill.chaos.check.FaultKind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** One place of the fleet while its workers die one after the other. */
final class Lives implements Runnable {

  private static final Duration READY_MAX = Duration.ofMinutes(1);

  /** From the start of the process. A worker takes some seconds to come up. */
  private static final Duration DEATH_MAX = Duration.ofSeconds(25);

  private static final int LIFE_MILLIS_MAX = 3_000;

  private final Stand stand;
  private final WorkerProcess worker;
  private final Deaths deaths;
  private final Random random;

  Lives(Stand stand, WorkerProcess worker, Deaths deaths, Random random) {
    this.stand = stand;
    this.worker = worker;
    this.deaths = deaths;
    this.random = random;
  }

  /** Takes over a worker that has been killed, and leaves one that is ready. */
  @Override
  public void run() {
    for (Optional<Deaths.Next> next = deaths.next(); next.isPresent(); next = deaths.next()) {
      Optional<Death> death = next.get().death();
      worker.start(stand.settings(), death.<Life>map(one -> one).orElse(new Life.Plain()));
      if (death.isPresent()) {
        awaitDeath(death.get().point());
      } else {
        awaitReady();
        Pause.of(Duration.ofMillis(random.nextInt(LIFE_MILLIS_MAX)));
        worker.kill();
        stand.fault(FaultKind.KILL, "-9");
      }
    }
    worker.start(stand.settings(), new Life.Plain());
    awaitReady();
  }

  private void awaitReady() {
    if (!worker.awaitReady(READY_MAX)) {
      throw new IllegalStateException("a worker does not come up:\n" + worker.logTail());
    }
  }

  private void awaitDeath(CrashPoint point) {
    OptionalInt exit = worker.awaitEnd(DEATH_MAX);
    if (exit.isPresent() && exit.getAsInt() == point.exitCode()) {
      stand.fault(FaultKind.KILL, point.name());
      return;
    }
    if (exit.isPresent()) {
      throw new IllegalStateException(
          "a worker ended with %d:\n%s".formatted(exit.getAsInt(), worker.logTail()));
    }
    worker.kill();
    stand.fault(FaultKind.KILL, "-9 instead of " + point);
    deaths.notReached(point);
  }
}
