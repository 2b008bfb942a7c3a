package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.Claim;
import dev.talkmill.jobs.ledger.LedgerRow;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts how stages end, and times them from claim to commit. */
public final class StageMeters {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(100),
    Duration.ofSeconds(1),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1),
    Duration.ofMinutes(10),
    Duration.ofHours(1)
  };

  private final MeterRegistry meters;

  StageMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Bounds of a histogram of durations: from a text chunk to an hour of speech. */
  public static Duration[] buckets() {
    return BUCKETS.clone();
  }

  void count(LedgerRow row, String result) {
    meters
        .counter("talkmill.stage.ends", "stage", row.stage().name(), "result", result)
        .increment();
  }

  /** After the commit: {@code done}, {@code retry} or {@code failed}. */
  void time(Claim claim, String result) {
    Timer.builder("talkmill.stage.duration")
        .description("Time from claim to commit of an attempt")
        .tag("stage", claim.row().stage().name())
        .tag("result", result)
        .serviceLevelObjectives(BUCKETS)
        .register(meters)
        .record(claim.age());
  }
}
