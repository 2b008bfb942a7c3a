package dev.talkmill.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.pause.Pause;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.pipeline.ledger.Stage;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.AbstractDataSource;

class LedgerMetricsTest {

  private static TestDatabase database;

  private final AtomicLong nanos = new AtomicLong();
  private final Holds holds = new Holds(Map.of(Stage.SUMMARIZE, "fake"));
  private final AtomicBoolean up = new AtomicBoolean(true);
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private LedgerMetrics metrics;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    system("DELETE FROM tenant");
    system("DELETE FROM pause");
    metrics = new LedgerMetrics(database.database(), holds, up::get, () -> 3, nanos::get);
    metrics.bindTo(meters);
  }

  @Test
  void everyFigureIsThatOfTheLedger() {
    Home home = database.home();
    row(home, Stage.STORE, "PENDING");
    row(home, Stage.STORE, "PENDING");
    row(home, Stage.TRANSCRIBE, "QUEUED");
    row(home, Stage.TRANSCRIBE, "PROCESSING");
    row(home, Stage.SUMMARIZE, "FAILED");
    row(home, Stage.SUMMARIZE, "COMPLETED");
    system(
        "UPDATE processing_status SET next_attempt_at = clock_timestamp() - interval '90 seconds'"
            + " WHERE state = 'PENDING'");
    UUID conversation = database.conversation(home);
    system("UPDATE conversation SET is_finished = true, finished_by = 'host'");
    spool(home, conversation, 1234);

    metrics.lookOnce();

    assertThat(scrape("talkmill_ledger_rows{stage=\"STORE\",state=\"PENDING\"}")).isEqualTo(2);
    assertThat(scrape("talkmill_ledger_rows{stage=\"TRANSCRIBE\",state=\"QUEUED\"}")).isEqualTo(1);
    assertThat(scrape("talkmill_ledger_rows{stage=\"TRANSCRIBE\",state=\"PROCESSING\"}"))
        .isEqualTo(1);
    assertThat(scrape("talkmill_ledger_rows{stage=\"SUMMARIZE\",state=\"FAILED\"}")).isEqualTo(1);
    assertThat(scrape("talkmill_ledger_rows{stage=\"ERASE\",state=\"PENDING\"}")).isZero();
    assertThat(scrape("talkmill_ledger_oldest_due_seconds")).isBetween(90.0, 3_600.0);
    assertThat(scrape("talkmill_spool_bytes")).isEqualTo(1234);
    assertThat(scrape("talkmill_conversations_behind")).isEqualTo(1);
    assertThat(scrape("talkmill_leases_held")).isEqualTo(3);
    assertThat(scrape("talkmill_jobserver_up")).isEqualTo(1);
    up.set(false);
    assertThat(scrape("talkmill_jobserver_up")).isZero();
  }

  @Test
  void pausedWorkIsCountedAndIsNoBacklog() {
    Pauses pauses = new Pauses(database.database(), holds, () -> {});
    Home home = database.home();
    Home other = database.home();
    row(home, Stage.STORE, "PENDING");
    row(other, Stage.TRANSCRIBE, "PENDING");
    row(other, Stage.SUMMARIZE, "PENDING");
    due(Stage.STORE, 300);
    due(Stage.TRANSCRIBE, 200);
    due(Stage.SUMMARIZE, 100);
    Pauses.Operator operator = new Pauses.Operator("test", home.tenant(), true);

    String[] names = {home.tenant().toString(), "TRANSCRIBE", "fake"};
    double[] oldest = {200, 100, 0};
    for (Pause.Kind kind : Pause.Kind.values()) {
      pauses.pause(new Pauses.Target(kind, names[kind.ordinal()]), "why " + kind.code(), operator);
      metrics.lookOnce();
      assertThat(scrape("talkmill_paused{kind=\"" + kind.code() + "\"}")).isEqualTo(1);
      assertThat(scrape("talkmill_ledger_oldest_due_seconds"))
          .isBetween(oldest[kind.ordinal()], oldest[kind.ordinal()] + 99);
    }
    assertThat(scrape("talkmill_ledger_rows{stage=\"STORE\",state=\"PENDING\"}")).isEqualTo(1);

    for (Pause.Kind kind : Pause.Kind.values()) {
      pauses.resume(new Pauses.Target(kind, names[kind.ordinal()]), operator);
    }
    metrics.lookOnce();
    assertThat(scrape("talkmill_paused{kind=\"tenant\"}")).isZero();
    assertThat(scrape("talkmill_ledger_oldest_due_seconds")).isBetween(300.0, 399.0);
  }

  private void due(Stage stage, int secondsAgo) {
    system(
        "UPDATE processing_status SET next_attempt_at = clock_timestamp() - interval '%d seconds'"
                .formatted(secondsAgo)
            + " WHERE stage = '%s'".formatted(stage));
  }

  @Test
  void nothingIsClaimedBeforeTheFirstLook() {
    assertThat(scrape("talkmill_conversations_behind")).isNaN();
    metrics.lookOnce();
    assertThat(scrape("talkmill_conversations_behind")).isZero();
    assertThat(scrape("talkmill_ledger_oldest_due_seconds")).isZero();
  }

  @Test
  void withTheDatabaseAwayAScrapeShowsTheLastFiguresAndTheirAge() {
    AtomicBoolean away = new AtomicBoolean();
    DataSource cut =
        new AbstractDataSource() {
          @Override
          public java.sql.Connection getConnection() throws SQLException {
            if (away.get()) {
              throw new SQLException("the database is away");
            }
            return database.database().dataSource().getConnection();
          }

          @Override
          public java.sql.Connection getConnection(String user, String password)
              throws SQLException {
            return getConnection();
          }
        };
    PrometheusMeterRegistry other = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (LedgerMetrics cutOff =
        new LedgerMetrics(new Database(cut), holds, up::get, () -> 0, nanos::get)) {
      cutOff.bindTo(other);
      row(database.home(), Stage.STORE, "PENDING");
      cutOff.lookOnce();
      away.set(true);
      nanos.addAndGet(60_000_000_000L);
      cutOff.start();
      String page = other.scrape();
      assertThat(value(page, "talkmill_ledger_rows{stage=\"STORE\",state=\"PENDING\"}"))
          .isEqualTo(1);
      assertThat(value(page, "talkmill_metrics_age_seconds")).isEqualTo(60);
    }
  }

  @Test
  void aLookReadsWhatIsOpenAndNotTheHistory() {
    Home home = database.home();
    system(
        """
        INSERT INTO processing_status (tenant_id, id, project_id, conversation_id, subject_id, stage,
          generation, state, outcome, finished_at)
        SELECT '%s', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
          'STORE', 1, 'COMPLETED', 'ok', clock_timestamp()
        FROM generate_series(1, 20000)
        """
            .formatted(home.tenant()));
    row(home, Stage.STORE, "PENDING");
    try (var connection = database.database().dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("VACUUM ANALYZE processing_status");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    for (String query : List.of(LedgerFigures.ROWS, LedgerFigures.OLDEST, LedgerFigures.REST)) {
      assertThat(plan(query)).doesNotContain("Seq Scan on processing_status");
    }
  }

  private String plan(String query) {
    return String.join(
        "\n",
        database
            .database()
            .inSystem(() ->
                database
                    .database()
                    .sql()
                    .sql("EXPLAIN " + query)
                    .param("most", 1_000_000)
                    .query(String.class)
                    .list()));
  }

  private double scrape(String name) {
    return value(meters.scrape(), name);
  }

  private static double value(String page, String name) {
    return page.lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in\n" + page));
  }

  private void row(Home home, Stage stage, String state) {
    boolean leased = state.equals("QUEUED") || state.equals("PROCESSING");
    boolean ended = state.equals("FAILED") || state.equals("COMPLETED");
    system(
        """
        INSERT INTO processing_status (tenant_id, id, project_id, conversation_id, subject_id, stage,
          generation, state, outcome, cause, error_code, lease_until, finished_at)
        VALUES ('%s', gen_random_uuid(), '%s', gen_random_uuid(), gen_random_uuid(), '%s', 1, '%s',
          %s, %s, %s, %s, %s)
        """
            .formatted(
                home.tenant(),
                home.project(),
                stage,
                state,
                state.equals("COMPLETED") ? "'ok'" : "NULL",
                state.equals("FAILED") ? "'internal'" : "NULL",
                state.equals("FAILED") ? "'internal_error'" : "NULL",
                leased ? "clock_timestamp() + interval '1 hour'" : "NULL",
                ended ? "clock_timestamp()" : "NULL"));
  }

  private void spool(Home home, UUID conversation, long bytes) {
    UUID chunk = UUID.randomUUID();
    system(
        """
        INSERT INTO conversation_chunk (tenant_id, id, conversation_id, source, ordinal, bytes,
          media_type)
        VALUES ('%s', '%s', '%s', 'PORTAL_AUDIO', 1, %d, 'audio/webm')
        """
            .formatted(home.tenant(), chunk, conversation, bytes));
    system(
        "INSERT INTO chunk_spool (tenant_id, chunk_id, body, size) VALUES ('%s', '%s', '', %d)"
            .formatted(home.tenant(), chunk, bytes));
  }

  private void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
