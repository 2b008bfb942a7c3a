package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import dev.talkmill.jobs.queue.DueRows.Candidate;
import dev.talkmill.jobs.queue.DueRows.Due;
import dev.talkmill.jobs.queue.DueRows.Rotation;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.WeightedTurns;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Moves due rows to QUEUED and saves their jobs, in one transaction: there is never a job without
 * its row or a QUEUED row without its job. Its window is about the free permits of this process, so
 * JobRunr's table stays small whatever the backlog, and the order is ours.
 */
public final class Relay {

  /** Rows dispatched in one transaction at the most. */
  static final int BATCH = 256;

  /** Rows that may wait in JobRunr beyond the free permits, so that a lane never runs dry. */
  public static final int AHEAD = 2;

  /** One relay at a time in the whole installation; the number is arbitrary and ours alone. */
  private static final String TRY_LOCK =
      "SELECT pg_try_advisory_xact_lock(7216344015203001), clock_timestamp()";

  private final Database database;
  private final DueRows rows;
  private final Jobs jobs;
  private final Dispatched dispatched;
  private final Lanes lanes;
  private final Duration dispatchLease;
  private final int tenantInFlightMax;
  private final Map<Stage, WeightedTurns> turns = new EnumMap<>(Stage.class);
  private final Map<Rotation, UUID> cursors = new HashMap<>();
  private volatile boolean moreMayWait = true;
  private volatile OffsetDateTime lookedAt = OffsetDateTime.MIN;

  public Relay(
      Database database,
      Jobs jobs,
      Dispatched dispatched,
      Lanes lanes,
      Duration dispatchLease,
      int tenantInFlightMax) {
    this.database = database;
    this.rows = new DueRows(database);
    this.jobs = jobs;
    this.dispatched = dispatched;
    this.lanes = lanes;
    this.dispatchLease = dispatchLease;
    this.tenantInFlightMax = tenantInFlightMax;
    for (Stage stage : Stage.values()) {
      turns.put(stage, new WeightedTurns());
    }
  }

  /** What one pass did; {@code full} where another pass would find more. */
  public record Pass(int dispatched, boolean full) {}

  /** Dispatches once. Called by one thread of a process. */
  public Pass runOnce() {
    moreMayWait = true; // Room that comes free meanwhile leads to another pass.
    return database.inSystem(() -> {
      Plans.byIndex(database);
      if (!tryLock()) {
        return new Pass(0, false);
      }
      InFlight inFlight = InFlight.count(database, tenantInFlightMax);
      Map<Stage, Integer> places = places(inFlight);
      if (places.isEmpty()) {
        return new Pass(0, false);
      }
      List<Candidate> chosen = choose(places, inFlight);
      List<Due> due = rows.lock(chosen);
      dispatch(due);
      moreMayWait =
          places.size() < Stage.values().length || inFlight.anyFull() || fills(chosen, places);
      return new Pass(due.size(), due.size() >= BATCH);
    });
  }

  /** Whether the last pass may have left due rows behind for want of room. */
  boolean moreMayWait() {
    return moreMayWait;
  }

  private static boolean fills(List<Candidate> chosen, Map<Stage, Integer> places) {
    Map<Stage, Long> taken =
        chosen.stream().collect(Collectors.groupingBy(Candidate::stage, Collectors.counting()));
    return chosen.size() >= BATCH
        || places.entrySet().stream()
            .anyMatch(entry -> taken.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
  }

  /** How long until the earliest row that is not due yet; null if there is none. */
  public @Nullable Duration untilNextDue() {
    return database.inSystem(() -> rows.untilNext(lookedAt));
  }

  private boolean tryLock() {
    return database
        .sql()
        .sql(TRY_LOCK)
        .query((row, number) -> {
          lookedAt = row.getObject(2, OffsetDateTime.class);
          return row.getBoolean(1);
        })
        .single();
  }

  private Map<Stage, Integer> places(InFlight inFlight) {
    Map<Stage, Integer> places = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      int room = Math.min(lanes.free(stage) + AHEAD - inFlight.queued(stage), BATCH);
      int free = lanes.gated(stage, room);
      if (free > 0) {
        places.put(stage, free);
      }
    }
    return places;
  }

  private List<Candidate> choose(Map<Stage, Integer> places, InFlight inFlight) {
    Map<Stage, Map<Priority, List<Candidate>>> waiting = rows.candidates(places, inFlight, cursors);
    List<Candidate> chosen = new ArrayList<>();
    waiting.forEach((stage, classes) -> {
      int room = Math.min(places.getOrDefault(stage, 0), BATCH - chosen.size());
      WeightedTurns shares = turns.getOrDefault(stage, new WeightedTurns());
      for (Candidate candidate : shares.pick(classes, room)) {
        if (inFlight.add(stage, candidate.tenant())) {
          chosen.add(candidate);
        }
        cursors.put(new Rotation(stage, candidate.priority()), candidate.tenant());
      }
    });
    return chosen;
  }

  private void dispatch(List<Due> due) {
    if (due.isEmpty()) {
      return;
    }
    rows.queue(due, dispatchLease);
    jobs.replace(due.stream().map(Due::oldJob).filter(Objects::nonNull).toList(), due);
    database.afterCommit(() -> {
      due.forEach(one -> dispatched.add(one.request().jobId(), one.row()));
      jobs.nudge();
    });
  }
}
