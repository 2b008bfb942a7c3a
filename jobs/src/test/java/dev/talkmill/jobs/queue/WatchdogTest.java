package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.testing.ParkingDataSource;
import dev.talkmill.jobs.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WatchdogTest {

  private static TestDatabase database;
  private static ParkingDataSource statements;
  private final AtomicLong nanoTime = new AtomicLong(Long.MIN_VALUE / 2);
  private final Broken server = new Broken();
  private int gaveUp;
  private final Watchdog watchdog =
      new Watchdog(new Database(statements), server, () -> gaveUp++, nanoTime::get);

  /** A server that stops and, unless it is told to, does not start. */
  private static final class Broken implements Watchdog.Server {
    private boolean running;
    private boolean starts;
    private boolean throwsAtStart;
    private int tries;

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public void start() {
      tries++;
      if (throwsAtStart) {
        throw new IllegalStateException("no");
      }
      running = starts;
    }
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    statements = new ParkingDataSource(database.database().dataSource());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void aRunningServerIsLeftAlone() {
    server.running = true;
    look(Duration.ofHours(1));
    assertThat(server.tries).isZero();
  }

  @Test
  void aStoppedServerIsStarted() {
    server.starts = true;
    look(Duration.ZERO);
    look(Duration.ofSeconds(1));
    assertThat(server.tries).isEqualTo(1);
    assertThat(server.running).isTrue();
  }

  @Test
  void onlyAfterFiveMinutesOfVainStartsIsTheProcessGivenUp() {
    server.throwsAtStart = true;
    for (int minute = 0; minute < 6; minute++) {
      look(Duration.ofMinutes(1));
    }
    assertThat(gaveUp).isZero();
    assertThat(server.tries).isEqualTo(6);
    look(Duration.ofMinutes(1));
    assertThat(gaveUp).isEqualTo(1);
  }

  @Test
  void whileTheDatabaseIsAwayNothingIsTriedAndNoTimeCounts() {
    server.throwsAtStart = true;
    look(Duration.ofMinutes(4));
    statements.failNext("SELECT true", 3);
    for (int i = 0; i < 3; i++) {
      look(Duration.ofHours(1));
    }
    assertThat(server.tries).isEqualTo(1);
    look(Duration.ofSeconds(1));
    look(Duration.ofMinutes(4));
    assertThat(gaveUp).isZero();
    assertThat(server.tries).isEqualTo(3);
  }

  @Test
  void aServerThatCameBackStartsTheClockAnew() {
    look(Duration.ZERO);
    look(Duration.ofMinutes(4));
    server.running = true;
    look(Duration.ofMinutes(1));
    server.running = false;
    look(Duration.ofMinutes(1));
    look(Duration.ofMinutes(4));
    assertThat(gaveUp).isZero();
  }

  private void look(Duration later) {
    nanoTime.addAndGet(later.toNanos());
    watchdog.runOnce();
  }
}
