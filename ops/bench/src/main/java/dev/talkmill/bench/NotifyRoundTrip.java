package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** The least that a durable hand-over costs: insert, NOTIFY, commit, and a listener that wakes. */
final class NotifyRoundTrip {

  private static final int LIMIT_MILLIS = 30_000;

  private NotifyRoundTrip() {}

  static Samples measure(Stand stand, int count) throws SQLException {
    Address address = stand.empty("notify");
    Stand.execute(address, "CREATE TABLE item (id bigint PRIMARY KEY, body text)");
    Samples samples = new Samples(count);
    try (Connection writer = Pools.owner(address).getConnection();
        Connection listener = Pools.owner(address).getConnection();
        PreparedStatement insert =
            writer.prepareStatement("INSERT INTO item VALUES (?, 'what has been said')");
        PreparedStatement notify = writer.prepareStatement("NOTIFY item")) {
      listener.createStatement().execute("LISTEN item");
      writer.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        insert.setInt(1, i);
        long start = System.nanoTime();
        insert.executeUpdate();
        notify.execute();
        writer.commit();
        await(listener);
        samples.add(System.nanoTime() - start);
      }
    }
    return samples;
  }

  private static void await(Connection listener) throws SQLException {
    if (listener.unwrap(PGConnection.class).getNotifications(LIMIT_MILLIS).length == 0) {
      throw new IllegalStateException("no notification came");
    }
  }
}
