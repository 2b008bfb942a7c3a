package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.DueSignal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the relays that rows are due: this process's own in memory, the others' by NOTIFY. One
 * thread sends at most one NOTIFY per 5 ms, on a connection of its own: inside every transaction it
 * would cut concurrent commits to less than half (it takes a global lock at commit).
 *
 * <p>A connection that listens says nothing for hours, so one that a firewall has forgotten looks
 * like one with nothing to say: each rest of silence ends with a question that must be answered in
 * time, or the connection is made anew.
 */
public final class WakeUp implements DueSignal, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WakeUp.class);
  private static final String CHANNEL = "talkmill_due";
  private static final Duration BETWEEN_NOTIFIES = Duration.ofMillis(5);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final int LISTEN_MILLIS = 500;
  private static final Limits LIMITS = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(5));

  private final DataSource connections;
  private final Limits limits;
  private final Loop notifier;
  private final Loop listener;
  private volatile Runnable relay = () -> {};
  private volatile boolean closed;
  private volatile boolean pending;
  private volatile int ownPid;
  private @Nullable Connection sending;

  /**
   * @param connections unpooled
   */
  public WakeUp(DataSource connections) {
    this(connections, LIMITS);
  }

  WakeUp(DataSource connections, Limits limits) {
    this.connections = connections;
    this.limits = limits;
    this.notifier = new Loop("talkmill-notify", this::send);
    this.listener = new Loop("talkmill-listen", this::listen);
  }

  /**
   * How long a dead connection can go unnoticed.
   *
   * @param silence without a notification, after which the listener asks whether anybody is there
   * @param answer how long the server may take to answer anything at all
   */
  record Limits(Duration silence, Duration answer) {}

  /** Names the relay of this process; a process that only accepts chunks has none. */
  public void wakes(Runnable ownRelay) {
    this.relay = ownRelay;
  }

  public void start() {
    notifier.start();
    listener.start();
  }

  @Override
  public void rowsDue() {
    relay.run();
    pending = true;
    notifier.signal();
  }

  private Duration send() throws InterruptedException {
    if (!pending) {
      return RECONNECT;
    }
    pending = false;
    try {
      Connection connection = sending == null ? openSending() : sending;
      try (Statement notify = connection.createStatement()) {
        notify.execute("NOTIFY " + CHANNEL);
      }
    } catch (SQLException e) {
      // The other relays poll meanwhile; what was due may not have been said.
      closeSending();
      pending = true;
      log.debug("NOTIFY was not sent: {}", e.getMessage());
    }
    Thread.sleep(BETWEEN_NOTIFIES);
    return RECONNECT;
  }

  private Connection openSending() throws SQLException {
    Connection opened = open();
    sending = opened;
    ownPid = opened.unwrap(PGConnection.class).getBackendPID();
    return opened;
  }

  /** The limit is set once: a poll for notifications has its own and puts this one back. */
  private Connection open() throws SQLException {
    Connection opened = connections.getConnection();
    try {
      opened.setNetworkTimeout(Runnable::run, Math.toIntExact(limits.answer().toMillis()));
      return opened;
    } catch (SQLException e) {
      close(opened);
      throw e;
    }
  }

  private void closeSending() {
    Connection open = sending;
    sending = null;
    close(open);
  }

  private Duration listen() {
    try (Connection connection = open();
        Statement listen = connection.createStatement()) {
      listen.execute("LISTEN " + CHANNEL);
      relay.run(); // What was due while nobody listened.
      PGConnection postgres = connection.unwrap(PGConnection.class);
      long heard = System.nanoTime();
      while (!closed) {
        if (forward(postgres.getNotifications(LISTEN_MILLIS))) {
          heard = System.nanoTime();
        } else if (System.nanoTime() - heard > limits.silence().toNanos()) {
          listen.execute("SELECT 1");
          heard = System.nanoTime();
        }
      }
    } catch (SQLException e) {
      log.debug("LISTEN ended: {}", e.getMessage());
    }
    return RECONNECT;
  }

  /** Whether anything was heard. */
  private boolean forward(PGNotification @Nullable [] notifications) {
    if (notifications == null || notifications.length == 0) {
      return false;
    }
    for (PGNotification notification : notifications) {
      if (notification.getPID() != ownPid) {
        relay.run();
        break;
      }
    }
    return true;
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        log.debug("a broken connection did not close: {}", e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    listener.close();
    notifier.close();
    closeSending();
  }
}
