package dev.talkmill.jobs.postgres;

import dev.talkmill.jobs.postgres.Pipelined.Later;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.ParsedSql;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The door to PostgreSQL. Every statement runs in a transaction that has taken one of two roles:
 * {@code talkmill_app} with a tenant, whose rows alone it sees, or {@code talkmill_system} for
 * relay, sweeps and sign-in. {@link #sql()} refuses to be called outside of both, because under
 * forced row-level security a query without a tenant answers with no rows instead of an error.
 *
 * <p>The role is taken in the round trip of the scope's first statement, and a {@link #write}
 * travels with the next one or with the end of the scope.
 *
 * <p>A scope joins a running transaction of the same data source, so that an upload API in the same
 * JVM accepts chunks inside its own; the caller's role is put back when the scope ends.
 */
public final class Database {

  private static final String TAKE_ROLE =
      "SELECT set_config('role', ?, true), set_config('talkmill.tenant_id', ?, true)";
  private static final String CURRENT_ROLE = "SELECT current_setting('role')";

  private static final SQLExceptionTranslator FAILURES = new SQLExceptionSubclassTranslator();
  private static final Map<String, ParsedSql> PARSED = new ConcurrentHashMap<>();

  private final DataSource dataSource;
  private final NamedParameterJdbcTemplate templates;
  private final JdbcClient sql;
  private final PlatformTransactionManager transactions;
  private final TransactionTemplate template;

  /**
   * @param dataSource signs in as a user that may take both roles
   */
  public Database(DataSource dataSource) {
    this(new PipeliningDataSource(dataSource));
  }

  private Database(PipeliningDataSource dataSource) {
    this(dataSource, new JdbcTransactionManager(dataSource));
  }

  /** Over the transactions of somebody else; each statement costs a round trip of its own. */
  public Database(DataSource dataSource, PlatformTransactionManager transactions) {
    this.dataSource = dataSource;
    this.templates = new NamedParameterJdbcTemplate(dataSource);
    this.sql = JdbcClient.create(templates);
    this.transactions = transactions;
    this.template = new TransactionTemplate(transactions);
  }

  public DataSource dataSource() {
    return dataSource;
  }

  public PlatformTransactionManager transactions() {
    return transactions;
  }

  /** Runs work that sees one tenant alone. Joins a running scope of the same tenant. */
  public <T extends @Nullable Object> T inTenant(UUID tenant, Supplier<T> work) {
    return in(new Scope("talkmill_app", tenant), work);
  }

  /** Runs work that sees every tenant. */
  public <T extends @Nullable Object> T inSystem(Supplier<T> work) {
    return in(new Scope("talkmill_system", null), work);
  }

  /** Statements of the running scope. */
  public JdbcClient sql() {
    if (scope() == null) {
      throw new IllegalStateException(
          "no tenant and no system scope is open; a query here would silently see no rows");
    }
    return sql;
  }

  /** A write of the running scope whose answer can wait. */
  public Write write(String statement) {
    if (scope() == null) {
      throw new IllegalStateException("no tenant and no system scope is open");
    }
    return new Write(this, statement);
  }

  void later(String named, Map<String, @Nullable Object> values, IntConsumer rows) {
    Pipelined pipelined = pipelined();
    if (pipelined == null) {
      // Not update(): a lock or a setting that nobody asks about is a query that answers with rows.
      Integer changed =
          templates.execute(named, values, one -> one.execute() ? 0 : one.getUpdateCount());
      rows.accept(changed == null ? 0 : changed);
      return;
    }
    ParsedSql parsed = PARSED.computeIfAbsent(named, NamedParameterUtils::parseSqlStatement);
    MapSqlParameterSource source = new MapSqlParameterSource(values);
    pipelined.later(
        new Later(
            NamedParameterUtils.substituteNamedParameters(parsed, source),
            Arrays.asList(NamedParameterUtils.buildValueArray(parsed, source, null)),
            rows));
  }

  /** The running transaction's connection; null where it is not one of ours. */
  private @Nullable Pipelined pipelined() {
    return TransactionSynchronizationManager.getResource(dataSource)
                instanceof ConnectionHolder held
            && held.getConnection() instanceof Pipelined pipelined
        ? pipelined
        : null;
  }

  private void flush() {
    Pipelined pipelined = pipelined();
    if (pipelined == null) {
      return;
    }
    try {
      pipelined.flush();
    } catch (SQLException e) {
      DataAccessException translated = FAILURES.translate("the end of a scope", null, e);
      throw translated == null
          ? new UncategorizedSQLException("a scope's end", null, e)
          : translated;
    }
  }

  /** The tenant of the running scope. */
  public UUID tenant() {
    Scope scope = scope();
    if (scope == null || scope.tenant == null) {
      throw new IllegalStateException("no tenant scope is open");
    }
    return scope.tenant;
  }

  /**
   * Runs {@code action} once the running transaction has committed; not at all if it rolls back.
   */
  public void afterCommit(Runnable action) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            action.run();
          }
        });
  }

  @SuppressWarnings("NullAway") // TransactionTemplate returns what the work returns.
  private <T extends @Nullable Object> T in(Scope scope, Supplier<T> work) {
    Scope outer = scope();
    if (outer != null) {
      if (!outer.equals(scope)) {
        throw new IllegalStateException("a scope of " + outer + " is open, not of " + scope);
      }
      return work.get();
    }
    return template.execute(status -> {
      String roleBefore =
          status.isNewTransaction() ? null : sql.sql(CURRENT_ROLE).query(String.class).single();
      take(scope.role, scope.tenant);
      TransactionSynchronizationManager.bindResource(this, scope);
      T result;
      try {
        result = work.get();
        flush();
      } finally {
        TransactionSynchronizationManager.unbindResource(this);
      }
      // After an error the joined transaction can only roll back, and the role goes with it.
      if (roleBefore != null && !status.isRollbackOnly()) {
        take(roleBefore, null);
        flush();
      }
      return result;
    });
  }

  /** Bound to the thread beside the transaction's connection. */
  private @Nullable Scope scope() {
    return (Scope) TransactionSynchronizationManager.getResource(this);
  }

  private void take(String role, @Nullable UUID tenant) {
    String id = tenant == null ? "" : tenant.toString();
    Pipelined pipelined = pipelined();
    if (pipelined == null) {
      sql.sql(TAKE_ROLE).params(role, id).query((row, number) -> true).single();
    } else {
      pipelined.later(new Later(TAKE_ROLE, List.of(role, id), rows -> {}));
    }
  }

  private record Scope(String role, @Nullable UUID tenant) {}
}
