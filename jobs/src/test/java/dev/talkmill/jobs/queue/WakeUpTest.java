package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Line;
import dev.talkmill.jobs.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class WakeUpTest {

  private static final WakeUp.Limits SHORT =
      new WakeUp.Limits(Duration.ofMillis(200), Duration.ofMillis(500));
  private static TestDatabase database;
  private final AtomicInteger woken = new AtomicInteger();
  private final List<WakeUp> started = new ArrayList<>();
  private Line line;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void line() throws Exception {
    line = new Line(database.address());
  }

  @AfterEach
  void hangUp() {
    started.forEach(WakeUp::close);
    line.close();
  }

  @Test
  void rowsDueInOneProcessWakeTheRelayOfAnother() {
    listener(database.address());
    int before = listening();
    sender(database.address()).rowsDue();
    Await.until(woken::get, now -> now > before);
  }

  @Test
  void aListenerWhoseLineIsDeadListensOnAnother() {
    listener(line.address());
    int before = listening();
    line.goDead();
    Await.until(woken::get, now -> now > before);
    int again = woken.get();
    sender(database.address()).rowsDue();
    Await.until(woken::get, now -> now > again);
  }

  @Test
  void aListenerThatHearsNothingForLongStaysOnALineThatAnswers() {
    listener(line.address());
    int before = listening();
    int backend = listeners().getFirst();
    Await.until(this::questions, asked -> asked.equals(List.of("SELECT 1")));
    assertThat(listeners()).containsExactly(backend);
    sender(database.address()).rowsDue();
    Await.until(woken::get, now -> now > before);
  }

  @Test
  void whatWasSentOnADeadLineIsSentAgainOnAnother() {
    listener(database.address());
    WakeUp sender = sender(line.address());
    int before = listening();
    sender.rowsDue();
    Await.until(woken::get, now -> now > before);
    int again = woken.get();
    line.goDead();
    sender.rowsDue();
    Await.until(woken::get, now -> now > again);
  }

  private void listener(Address address) {
    WakeUp wakeUp = new WakeUp(Pools.owner(address), SHORT);
    wakeUp.wakes(woken::incrementAndGet);
    started.add(wakeUp);
    wakeUp.start();
  }

  /** It listens too, and wakes nobody. */
  private WakeUp sender(Address address) {
    WakeUp wakeUp = new WakeUp(Pools.owner(address), SHORT);
    started.add(wakeUp);
    wakeUp.start();
    return wakeUp;
  }

  /** Waits until somebody listens, which wakes the relay too. */
  private int listening() {
    return Await.until(woken::get, now -> now > 0);
  }

  private List<Integer> listeners() {
    return activity("SELECT pid FROM pg_stat_activity", Integer.class);
  }

  private List<String> questions() {
    return activity("SELECT query FROM pg_stat_activity", String.class);
  }

  /** Of the connections of this database's listeners. */
  private static <T> List<T> activity(String select, Class<T> type) {
    return JdbcClient.create(Pools.owner(database.address()))
        .sql(
            select
                + " WHERE datname = current_database() AND application_name = 'talkmill'"
                + " AND pid <> pg_backend_pid() AND query IN ('LISTEN talkmill_due', 'SELECT 1')")
        .query(type)
        .list();
  }
}
