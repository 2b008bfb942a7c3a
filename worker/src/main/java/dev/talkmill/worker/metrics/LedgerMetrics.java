package dev.talkmill.worker.metrics;

import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.pause.Pause;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Gauges over the ledger. A thread of its own reads them every 5 s, more seldom where that takes
 * long; a scrape reads what it left and so never waits for the database. While that is away the
 * figures stand still and {@code talkmill.metrics.age} rises.
 *
 * <p>{@code talkmill.ledger.rows} by stage and state (PENDING, QUEUED, PROCESSING, FAILED), {@code
 * talkmill.ledger.oldest.due} in seconds, of what is not paused, {@code talkmill.paused} by kind,
 * {@code talkmill.spool} in bytes, {@code talkmill.conversations.behind}, of the whole
 * installation; {@code talkmill.leases.held} and {@code talkmill.jobserver.up} (1 or 0) of this
 * process. NaN before the first look.
 */
public final class LedgerMetrics implements MeterBinder, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LedgerMetrics.class);

  private static final Duration EVERY = Duration.ofSeconds(5);

  /** Pauses are so many times as long as a look took: counting a large backlog stays cheap. */
  private static final int REST = 20;

  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
  private static final List<State> SHOWN =
      List.of(State.PENDING, State.QUEUED, State.PROCESSING, State.FAILED);

  private final Database database;
  private final Holds holds;
  private final BooleanSupplier jobServerUp;
  private final IntSupplier leasesHeld;
  private final LongSupplier nanoTime;
  private final long bornNanos;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Look last;

  private record Look(LedgerFigures figures, long atNanos) {}

  /**
   * Makes one; {@link #start} begins to look.
   *
   * @param holds what waits on purpose
   * @param jobServerUp must not wait for the database
   * @param leasesHeld leases that this process renews
   */
  public LedgerMetrics(
      Database database,
      Holds holds,
      BooleanSupplier jobServerUp,
      IntSupplier leasesHeld,
      LongSupplier nanoTime) {
    this.database = database;
    this.holds = holds;
    this.jobServerUp = jobServerUp;
    this.leasesHeld = leasesHeld;
    this.nanoTime = nanoTime;
    this.bornNanos = nanoTime.getAsLong();
    this.thread = Thread.ofPlatform().name("talkmill-metrics").daemon().unstarted(this::loop);
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (Stage stage : Stage.values()) {
      for (State state : SHOWN) {
        gauge("talkmill.ledger.rows", figures -> figures.rows(stage, state))
            .tag("stage", stage.name())
            .tag("state", state.name())
            .description("Open and failed rows; a figure of 1000000 means that many or more")
            .register(meters);
      }
    }
    gauge("talkmill.ledger.oldest.due", LedgerFigures::oldestDueSeconds)
        .baseUnit("seconds")
        .description("How long the oldest due row has waited that is not paused")
        .register(meters);
    for (Pause.Kind kind : Pause.Kind.values()) {
      gauge("talkmill.paused", figures -> figures.paused(kind))
          .tag("kind", kind.code())
          .description("What operators have paused")
          .register(meters);
    }
    gauge("talkmill.spool", LedgerFigures::spoolBytes)
        .baseUnit("bytes")
        .description("Accepted bytes that wait for the object store")
        .register(meters);
    gauge("talkmill.conversations.behind", LedgerFigures::behind)
        .description("Finished conversations that have not settled")
        .register(meters);
    Gauge.builder("talkmill.jobserver.up", () -> jobServerUp.getAsBoolean() ? 1 : 0)
        .description("Whether this process takes jobs")
        .register(meters);
    Gauge.builder("talkmill.leases.held", leasesHeld::getAsInt)
        .description("Rows that this process works on")
        .register(meters);
    Gauge.builder("talkmill.metrics.age", this::ageSeconds)
        .baseUnit("seconds")
        .description("Time since the ledger was looked at")
        .register(meters);
  }

  private Gauge.Builder<Supplier<Number>> gauge(
      String name, ToDoubleFunction<LedgerFigures> value) {
    return Gauge.builder(
        name,
        () -> {
          Look look = last;
          return look == null ? Double.NaN : value.applyAsDouble(look.figures());
        });
  }

  private double ageSeconds() {
    Look look = last;
    long since = look == null ? bornNanos : look.atNanos();
    return (nanoTime.getAsLong() - since) / 1e9;
  }

  public void start() {
    thread.start();
  }

  private void loop() {
    try {
      long began;
      do {
        began = nanoTime.getAsLong();
        lookSafely();
      } while (!closed.await(
          Math.max(EVERY.toNanos(), REST * (nanoTime.getAsLong() - began)), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookSafely() {
    try {
      lookOnce();
    } catch (DataAccessException | TransactionException e) {
      // The age says it too; the door and the sweeps say it louder.
      log.debug("the ledger could not be looked at: {}", e.getMessage());
    }
  }

  /** Looks once; open to tests. */
  void lookOnce() {
    long askedAt = nanoTime.getAsLong();
    last = new Look(LedgerFigures.read(database, holds), askedAt);
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
