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
 */
public final class WakeUp implements DueSignal, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WakeUp.class);
  private static final String CHANNEL = "talkmill_due";
  private static final Duration BETWEEN_NOTIFIES = Duration.ofMillis(5);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final int LISTEN_MILLIS = 500;

  private final DataSource connections;
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
    this.connections = connections;
    this.notifier = new Loop("talkmill-notify", this::send);
    this.listener = new Loop("talkmill-listen", this::listen);
  }

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
      // The other relays poll; the next signal connects anew.
      closeSending();
      log.debug("NOTIFY was not sent: {}", e.getMessage());
    }
    Thread.sleep(BETWEEN_NOTIFIES);
    return RECONNECT;
  }

  private Connection openSending() throws SQLException {
    Connection opened = connections.getConnection();
    sending = opened;
    ownPid = opened.unwrap(PGConnection.class).getBackendPID();
    return opened;
  }

  private void closeSending() {
    Connection open = sending;
    sending = null;
    close(open);
  }

  private Duration listen() {
    try (Connection connection = connections.getConnection();
        Statement listen = connection.createStatement()) {
      listen.execute("LISTEN " + CHANNEL);
      relay.run(); // What was due while nobody listened.
      PGConnection postgres = connection.unwrap(PGConnection.class);
      while (!closed) {
        forward(postgres.getNotifications(LISTEN_MILLIS));
      }
    } catch (SQLException e) {
      log.debug("LISTEN ended: {}", e.getMessage());
    }
    return RECONNECT;
  }

  private void forward(PGNotification @Nullable [] notifications) {
    if (notifications == null) {
      return;
    }
    for (PGNotification notification : notifications) {
      if (notification.getPID() != ownPid) {
        relay.run();
        return;
      }
    }
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
