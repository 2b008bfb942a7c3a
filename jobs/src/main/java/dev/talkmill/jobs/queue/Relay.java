package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.WeightedTurns;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  private static final String CANDIDATES =
      """
      SELECT l.stage, l.priority, d.tenant_id, d.id
      FROM unnest(CAST(:stages AS text[]), CAST(:priorities AS smallint[]),
                  CAST(:cursors AS uuid[]), CAST(:wanted AS integer[]))
           WITH ORDINALITY AS l (stage, priority, cursor, wanted, place)
      CROSS JOIN LATERAL due_rows(
             l.stage, l.priority, l.cursor,
             ARRAY(SELECT f.tenant FROM unnest(CAST(:fullStages AS text[]),
                                               CAST(:fullTenants AS uuid[])) AS f (stage, tenant)
                   WHERE f.stage = l.stage),
             l.wanted)
           WITH ORDINALITY AS d (tenant_id, id, turn)
      ORDER BY l.place, d.turn
      """;

  private static final String LOCK_DUE =
      """
      SELECT p.tenant_id, p.id, p.stage, p.subject_id, p.epoch + 1 AS epoch, p.job_id
      FROM processing_status p
      JOIN unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[])) AS due (tenant_id, id)
        USING (tenant_id, id)
      WHERE p.state = 'PENDING'
      ORDER BY p.id
      FOR UPDATE OF p SKIP LOCKED
      """;

  private static final String QUEUE =
      """
      UPDATE processing_status p
      SET state = 'QUEUED', epoch = due.epoch, job_id = due.job_id,
          lease_until = clock_timestamp() + make_interval(secs => :lease),
          updated_at = clock_timestamp()
      FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), CAST(:epochs AS bigint[]),
                  CAST(:jobs AS uuid[])) AS due (tenant_id, id, epoch, job_id)
      WHERE p.tenant_id = due.tenant_id AND p.id = due.id
      """;

  /**
   * Beyond the last look: a row that came due since then must not be forgotten. A value bounds the
   * scan; a volatile function would be asked for every row of the backlog.
   */
  private static final String NEXT_DUE =
      """
      SELECT extract(epoch FROM min(next_attempt_at) - now()) FROM processing_status
      WHERE state = 'PENDING' AND next_attempt_at > CAST(:looked AS timestamptz)
      """;

  private final Database database;
  private final Jobs jobs;
  private final Lanes lanes;
  private final Duration dispatchLease;
  private final int tenantInFlightMax;
  private final Map<Stage, WeightedTurns> turns = new EnumMap<>(Stage.class);
  private final Map<String, UUID> cursors = new HashMap<>();
  private volatile boolean moreMayWait = true;
  private volatile OffsetDateTime lookedAt = OffsetDateTime.MIN;

  public Relay(
      Database database, Jobs jobs, Lanes lanes, Duration dispatchLease, int tenantInFlightMax) {
    this.database = database;
    this.jobs = jobs;
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
      if (!tryLock()) {
        return new Pass(0, false);
      }
      InFlight inFlight = InFlight.count(database, tenantInFlightMax);
      Map<Stage, Integer> places = places(inFlight);
      if (places.isEmpty()) {
        return new Pass(0, false);
      }
      List<Candidate> chosen = choose(places, inFlight);
      List<Due> due = lock(chosen);
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
    Double seconds =
        database.inSystem(() ->
            database
                .sql()
                .sql(NEXT_DUE)
                .param("looked", lookedAt)
                .query(Double.class)
                .optional()
                .orElse(null));
    return seconds == null ? null : Duration.ofMillis(Math.max(1, (long) (seconds * 1000)));
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
    Map<Stage, Map<Priority, List<Candidate>>> waiting = candidates(places, inFlight);
    List<Candidate> chosen = new ArrayList<>();
    waiting.forEach((stage, classes) -> {
      int room = Math.min(places.getOrDefault(stage, 0), BATCH - chosen.size());
      WeightedTurns shares = turns.getOrDefault(stage, new WeightedTurns());
      for (Candidate candidate : shares.pick(classes, room)) {
        if (inFlight.add(stage, candidate.tenant())) {
          chosen.add(candidate);
        }
        cursors.put(cursorKey(stage, candidate.priority()), candidate.tenant());
      }
    });
    return chosen;
  }

  private Map<Stage, Map<Priority, List<Candidate>>> candidates(
      Map<Stage, Integer> places, InFlight inFlight) {
    List<String> stages = new ArrayList<>();
    List<Integer> priorities = new ArrayList<>();
    List<@Nullable UUID> after = new ArrayList<>();
    List<Integer> wanted = new ArrayList<>();
    places.forEach((stage, free) -> {
      for (Priority priority : Priority.values()) {
        stages.add(stage.name());
        priorities.add(priority.rank());
        after.add(cursors.get(cursorKey(stage, priority)));
        wanted.add(free);
      }
    });
    Map<Stage, Map<Priority, List<Candidate>>> waiting = new EnumMap<>(Stage.class);
    database
        .sql()
        .sql(CANDIDATES)
        .param("stages", stages.toArray(String[]::new))
        .param("priorities", priorities.toArray(Integer[]::new))
        .param("cursors", after.toArray(UUID[]::new))
        .param("wanted", wanted.toArray(Integer[]::new))
        .param("fullStages", inFlight.fullStages())
        .param("fullTenants", inFlight.fullTenants())
        .query(Relay::candidate)
        .list()
        .forEach(candidate ->
            waiting
                .computeIfAbsent(candidate.stage(), any -> new EnumMap<>(Priority.class))
                .computeIfAbsent(candidate.priority(), any -> new ArrayList<>())
                .add(candidate));
    return waiting;
  }

  private List<Due> lock(List<Candidate> chosen) {
    if (chosen.isEmpty()) {
      return List.of();
    }
    return database
        .sql()
        .sql(LOCK_DUE)
        .param("tenants", chosen.stream().map(Candidate::tenant).toArray(UUID[]::new))
        .param("ids", chosen.stream().map(Candidate::id).toArray(UUID[]::new))
        .query(Relay::due)
        .list();
  }

  private void dispatch(List<Due> due) {
    if (due.isEmpty()) {
      return;
    }
    List<JourneyRequest> requests =
        due.stream()
            .map(row -> JourneyRequest.of(row.stage(), row.tenant(), row.id(), row.epoch()))
            .toList();
    database
        .sql()
        .sql(QUEUE)
        .param("tenants", due.stream().map(Due::tenant).toArray(UUID[]::new))
        .param("ids", due.stream().map(Due::id).toArray(UUID[]::new))
        .param("epochs", due.stream().map(Due::epoch).toArray(Long[]::new))
        .param("jobs", requests.stream().map(JourneyRequest::jobId).toArray(UUID[]::new))
        .param("lease", dispatchLease.toMillis() / 1000.0)
        .update();
    jobs.replace(due.stream().map(Due::oldJob).filter(Objects::nonNull).toList(), due, requests);
    database.afterCommit(jobs::nudge);
  }

  private static String cursorKey(Stage stage, Priority priority) {
    return stage + "/" + priority;
  }

  private static Candidate candidate(ResultSet row, int number) throws SQLException {
    return new Candidate(
        Stage.valueOf(row.getString("stage")),
        Priority.ofRank(row.getInt("priority")),
        row.getObject("tenant_id", UUID.class),
        row.getObject("id", UUID.class));
  }

  private static Due due(ResultSet row, int number) throws SQLException {
    return new Due(
        row.getObject("tenant_id", UUID.class),
        row.getObject("id", UUID.class),
        Stage.valueOf(row.getString("stage")),
        row.getObject("subject_id", UUID.class),
        row.getLong("epoch"),
        row.getObject("job_id", UUID.class));
  }

  private record Candidate(Stage stage, Priority priority, UUID tenant, UUID id) {}

  /** A locked row with the epoch it is dispatched at and the job of its last attempt. */
  record Due(UUID tenant, UUID id, Stage stage, UUID subject, long epoch, @Nullable UUID oldJob) {}
}
