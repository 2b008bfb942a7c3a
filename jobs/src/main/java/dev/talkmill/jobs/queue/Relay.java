package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.pause.Holds;
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
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
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

  /** Candidates for every row that there is room for: who has the least in flight is chosen. */
  private static final int CHOICE = 2;

  /** One relay at a time in the whole installation; the number is arbitrary and ours alone. */
  private static final String TRY_LOCK =
      "SELECT pg_try_advisory_xact_lock(7216344015203001), clock_timestamp(), " + Holds.COLUMN;

  private final Database database;
  private final DueRows rows;
  private final Jobs jobs;
  private final Dispatched dispatched;
  private final Lanes lanes;
  private final Duration dispatchLease;
  private final int tenantInFlightMax;
  private final Congestion congestion;
  private final Map<Stage, WeightedTurns> turns = new EnumMap<>(Stage.class);
  private final Map<Rotation, UUID> cursors = new HashMap<>();
  private int passes;
  private volatile boolean moreMayWait = true;
  private volatile OffsetDateTime lookedAt = OffsetDateTime.MIN;

  public Relay(
      Database database,
      Jobs jobs,
      Dispatched dispatched,
      Lanes lanes,
      Duration dispatchLease,
      int tenantInFlightMax,
      Congestion congestion) {
    this.database = database;
    this.rows = new DueRows(database);
    this.jobs = jobs;
    this.dispatched = dispatched;
    this.lanes = lanes;
    this.dispatchLease = dispatchLease;
    this.tenantInFlightMax = tenantInFlightMax;
    this.congestion = congestion;
    for (Stage stage : Stage.values()) {
      turns.put(stage, new WeightedTurns());
    }
  }

  /**
   * What one pass did.
   *
   * @param full whether another pass would find more
   * @param cutOff whether it may, once there is room for it; nobody tells when that is
   */
  public record Pass(int dispatched, boolean full, boolean cutOff) {
    static final Pass NONE = new Pass(0, false, false);
  }

  /** Dispatches once. Called by one thread of a process. */
  public Pass runOnce() {
    moreMayWait = true; // Room that comes free meanwhile leads to another pass.
    return database.inSystem(() -> {
      Plans.byIndex(database);
      if (!tryLock()) {
        return Pass.NONE;
      }
      InFlight inFlight = InFlight.count(database, tenantInFlightMax);
      Set<Stage> paused = lanes.holds().stages();
      Map<Stage, Places> places = places(inFlight, paused);
      if (places.isEmpty()) {
        return Pass.NONE;
      }
      int room = Math.min(congestion.room(inFlight.fresh()), BATCH);
      if (room == 0) {
        return new Pass(0, false, true);
      }
      List<Candidate> chosen = choose(places, inFlight, room);
      List<Due> due = rows.lock(chosen);
      dispatch(due);
      boolean cutOff = chosen.size() >= room;
      moreMayWait =
          places.size() + paused.size() < Stage.values().length
              || inFlight.anyFull()
              || cutOff
              || fills(chosen, places);
      return new Pass(due.size(), due.size() >= BATCH, cutOff);
    });
  }

  /** Whether a pass is worth its while: not while what has been dispatched stands in line. */
  boolean hasRoom() {
    return congestion.isOver();
  }

  /** Whether the last pass may have left due rows behind for want of room. */
  boolean moreMayWait() {
    return moreMayWait;
  }

  private static boolean fills(List<Candidate> chosen, Map<Stage, Places> places) {
    return places.entrySet().stream()
        .anyMatch(entry -> {
          List<Candidate> taken =
              chosen.stream().filter(one -> one.stage() == entry.getKey()).toList();
          return taken.size() >= entry.getValue().all()
              || patient(taken) >= entry.getValue().patient();
        });
  }

  private static long patient(Collection<Candidate> chosen) {
    return chosen.stream().filter(one -> !one.priority().isUrgent()).count();
  }

  /** How long until the earliest row that is not due yet; null if there is none. */
  public @Nullable Duration untilNextDue() {
    return database.inSystem(() -> rows.untilNext(lookedAt));
  }

  private boolean tryLock() {
    Holds holds = lanes.holds();
    return holds.look(() ->
        database
            .sql()
            .sql(TRY_LOCK)
            .query((row, number) -> {
              lookedAt = row.getObject(2, OffsetDateTime.class);
              holds.learn(row);
              return row.getBoolean(1);
            })
            .single());
  }

  private Map<Stage, Places> places(InFlight inFlight, Set<Stage> paused) {
    Map<Stage, Places> places = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      int free = paused.contains(stage) ? 0 : lanes.gated(stage, window(stage, inFlight));
      if (free > 0) {
        places.put(stage, new Places(free, Math.clamp(patientWindow(stage, inFlight), 0, free)));
      }
    }
    return places;
  }

  private int window(Stage stage, InFlight inFlight) {
    // Those that wait for a place of their own kind take none of the kept ones.
    int patient = Math.min(inFlight.patientQueued(stage), lanes.free(stage, false) + AHEAD);
    int urgent = inFlight.queued(stage) - inFlight.patientQueued(stage);
    return Math.min(lanes.free(stage, true) + AHEAD - urgent - patient, BATCH);
  }

  private int patientWindow(Stage stage, InFlight inFlight) {
    return Math.min(lanes.free(stage, false) + AHEAD - inFlight.queued(stage), BATCH);
  }

  private List<Candidate> choose(Map<Stage, Places> places, InFlight inFlight, int room) {
    Map<Stage, Places> asked = new EnumMap<>(Stage.class);
    places.forEach((stage, free) -> asked.put(stage, free.atMost(CHOICE * room)));
    Map<Stage, Map<Priority, List<Candidate>>> waiting =
        rows.candidates(asked, inFlight, lanes.holds().tenants(), cursors);
    Map<Stage, Integer> wanted = new EnumMap<>(Stage.class);
    waiting.forEach((stage, classes) -> {
      List<Candidate> found = classes.values().stream().flatMap(List::stream).toList();
      Places free = Places.in(places, stage);
      int patient = (int) Math.min(free.patient(), patient(found));
      wanted.put(stage, Math.min(free.all(), found.size() - (int) patient(found) + patient));
    });
    Map<Stage, Integer> shares = Shares.of(wanted, room, passes++);
    List<Candidate> chosen = new ArrayList<>();
    waiting.forEach((stage, classes) -> {
      int patient = Places.in(places, stage).patient();
      Places share = new Places(shares.getOrDefault(stage, 0), patient);
      chosen.addAll(pick(stage, classes, share, inFlight));
    });
    return chosen;
  }

  private List<Candidate> pick(
      Stage stage, Map<Priority, List<Candidate>> inTurn, Places places, InFlight inFlight) {
    Map<Priority, List<Candidate>> ordered = new EnumMap<>(Priority.class);
    inTurn.forEach(
        (priority, candidates) -> ordered.put(priority, FewestFirst.of(candidates, inFlight::of)));
    Set<Candidate> picked =
        new LinkedHashSet<>(
            turns
                .getOrDefault(stage, new WeightedTurns())
                .pick(ordered, places.all(), places.patient()));
    inTurn.forEach((priority, candidates) ->
        FewestFirst.served(candidates, picked)
            .forEach(served -> cursors.put(new Rotation(stage, priority), served.tenant())));
    return picked.stream().filter(one -> inFlight.add(stage, one.tenant())).toList();
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
