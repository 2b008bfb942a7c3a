package dev.talkmill.jobs.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

/**
 * Tells the errors of a transaction that say nothing against its repetition: a lost connection, a
 * timeout, a conflict with another transaction, a server that stops, starts or is only a replica.
 */
public final class TransientErrors {

  /** Connection, transaction rollback, insufficient resources, operator intervention, system. */
  private static final Set<String> CLASSES = Set.of("08", "40", "53", "57", "58");

  /** A read-only server, a transaction that idled or lasted too long, a lock not given in time. */
  private static final Set<String> STATES = Set.of("25006", "25P03", "25P04", "55P03");

  private static final int CAUSES_MAX = 16;

  private TransientErrors() {}

  /** Whether the transaction that failed with this may be repeated as it is. */
  public static boolean is(@Nullable Throwable error) {
    return is(error, CAUSES_MAX);
  }

  private static boolean is(@Nullable Throwable error, int causes) {
    return switch (error) {
      case null -> false;
      case Throwable _ when causes == 0 -> false;
      case SQLException sql when isTransient(sql) -> true;
      // A rollback on a broken connection fails too, and hides what broke it.
      case TransactionSystemException hiding
          when is(hiding.getApplicationException(), causes - 1) ->
          true;
      default -> is(error.getCause(), causes - 1);
    };
  }

  private static boolean isTransient(SQLException error) {
    String state = error.getSQLState();
    return error instanceof SQLTransientException
        || (state != null
            && state.length() == 5
            && (CLASSES.contains(state.substring(0, 2)) || STATES.contains(state)));
  }
}
