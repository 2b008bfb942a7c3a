package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the database has done so far.
 *
 * @param statements sent to this database
 * @param commits of this database, of which those that wrote nothing cost no write to disk
 * @param walBytes of the whole server
 */
record Cost(long statements, long commits, long walBytes) {

  static Cost of(Address address) throws SQLException {
    try (Connection connection = Pools.owner(address).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT (SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
                        WHERE dbid = (SELECT oid FROM pg_database
                                      WHERE datname = current_database())),
                       (SELECT xact_commit FROM pg_stat_database
                        WHERE datname = current_database()),
                       CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint)
                """)) {
      row.next();
      return new Cost(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }

  Cost minus(Cost earlier) {
    return new Cost(
        statements - earlier.statements, commits - earlier.commits, walBytes - earlier.walBytes);
  }
}
