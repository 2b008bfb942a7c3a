package dev.talkmill.chaos;

import dev.talkmill.chaos.check.FaultKind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Phase C: PostgreSQL goes away in every way there is, and what it says gets lost. */
final class Outages {

  private static final Duration LONG = Duration.ofSeconds(40);
  private static final Duration SHORTEST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration BACK_MAX = Duration.ofMinutes(2);
  private static final Duration BREATH = Duration.ofSeconds(1);
  private static final int UNHEARD_AT_ONCE = 5;

  private final Stand stand;
  private final Watch watch;
  private final Random random;

  Outages(Stand stand, Watch watch, Random random) {
    this.stand = stand;
    this.watch = watch;
    this.random = random;
  }

  void run(Size.Stops size) throws SQLException {
    stand.say("phase C: PostgreSQL stops");
    List<PostgresStop> ways = List.of(PostgresStop.values());
    for (int i = 0; i < size.all(); i++) {
      stop(ways.get(i % ways.size()), i < size.longOnes() ? LONG : shortOne());
    }
    if (size.unheard() > 0) {
      swallowCommits(size.unheard());
    }
  }

  private Duration shortOne() {
    return Duration.ofMillis(random.nextLong(SHORTEST.toMillis(), LONGEST.toMillis()));
  }

  /** Ends when something has been done again. */
  private void stop(PostgresStop how, Duration outage) throws SQLException {
    long tried = watch.tried();
    stand.postgres().stop(how);
    Pause.of(outage);
    stand.postgres().start();
    watch.triedIs(tried);
    stand.fault(FaultKind.POSTGRES_STOP, "%s for %d ms".formatted(how, outage.toMillis()));
    long back = System.nanoTime();
    if (!watch.awaitProgress(BACK_MAX)) {
      throw new IllegalStateException("no work is done after PostgreSQL came back");
    }
    stand.recovered(
        FaultKind.POSTGRES_STOP, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back));
    Pause.of(BREATH);
  }

  /** What was committed, and nobody was told. */
  private void swallowCommits(int count) {
    Pipe line = stand.databaseLine();
    for (int i = 0; i < count; i += UNHEARD_AT_ONCE) {
      line.swallowCommits(UNHEARD_AT_ONCE);
      Pause.of(BREATH);
    }
    line.swallowCommits(0);
    stand.fault(FaultKind.COMMIT_UNHEARD, Integer.toString(line.swallowed()));
  }
}
