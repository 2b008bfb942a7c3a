package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The relay's statements on {@code processing_status}; what they find is for the relay to weigh.
 */
final class DueRows {

  private static final String CANDIDATES =
      """
      SELECT stage, priority, tenant_id, id
      FROM due_rows_by_class(
             :stages, CAST(:priorities AS smallint[]), :weights, CAST(:cursors AS uuid[]),
             :wanted, :places, :fullStages, CAST(:fullTenants AS uuid[]), CAST(:paused AS uuid[]))
      """;

  private static final String LOCK_DUE =
      """
      SELECT %s FROM processing_status p
      JOIN unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[])) AS due (tenant_id, id)
        USING (tenant_id, id)
      WHERE p.state || '' = 'PENDING'
      ORDER BY p.id
      FOR UPDATE OF p SKIP LOCKED
      """
          .formatted(LedgerRow.COLUMNS);

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

  DueRows(Database database) {
    this.database = database;
  }

  /** Rows of one stage and class, which share a rotation of tenants. */
  record Rotation(Stage stage, Priority priority) {}

  /** A due row, not locked yet. */
  record Candidate(Stage stage, Priority priority, UUID tenant, UUID id) {}

  /** A locked row as it is dispatched, its new job, and that of its last attempt. */
  record Due(LedgerRow row, JourneyRequest request, @Nullable UUID oldJob) {

    static Due of(LedgerRow pending) {
      JourneyRequest request =
          JourneyRequest.of(pending.stage(), pending.tenant(), pending.id(), pending.epoch() + 1);
      return new Due(pending.queued(request.jobId()), request, pending.jobId());
    }
  }

  /**
   * The due rows of every lane that has places, tenant after tenant.
   *
   * @param places free in each stage
   * @param paused tenants that are left out
   * @param cursors the tenant that each lane's turn ended with; the next one begins
   */
  Map<Stage, Map<Priority, List<Candidate>>> candidates(
      Map<Stage, Places> places, InFlight inFlight, Set<UUID> paused, Map<Rotation, UUID> cursors) {
    List<String> stages = new ArrayList<>();
    List<Integer> priorities = new ArrayList<>();
    List<@Nullable UUID> after = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    List<Integer> wanted = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    places.forEach((stage, free) -> {
      for (Priority priority : Priority.values()) {
        if (free.of(priority) > 0) {
          stages.add(stage.name());
          priorities.add(priority.rank());
          after.add(cursors.get(new Rotation(stage, priority)));
          weights.add(priority.weight());
          wanted.add(free.of(priority));
          all.add(free.all());
        }
      }
    });
    Map<Stage, Map<Priority, List<Candidate>>> waiting = new EnumMap<>(Stage.class);
    database
        .sql()
        .sql(CANDIDATES)
        .param("stages", stages.toArray(String[]::new))
        .param("priorities", priorities.toArray(Integer[]::new))
        .param("cursors", after.toArray(UUID[]::new))
        .param("weights", weights.toArray(Integer[]::new))
        .param("wanted", wanted.toArray(Integer[]::new))
        .param("places", all.toArray(Integer[]::new))
        .param("fullStages", inFlight.fullStages())
        .param("fullTenants", inFlight.fullTenants())
        .param("paused", paused.toArray(UUID[]::new))
        .query(DueRows::candidate)
        .list()
        .forEach(candidate ->
            waiting
                .computeIfAbsent(candidate.stage(), any -> new EnumMap<>(Priority.class))
                .computeIfAbsent(candidate.priority(), any -> new ArrayList<>())
                .add(candidate));
    return waiting;
  }

  /** Locks what is still PENDING of these; what another transaction holds is left to it. */
  List<Due> lock(List<Candidate> chosen) {
    if (chosen.isEmpty()) {
      return List.of();
    }
    return database
        .sql()
        .sql(LOCK_DUE)
        .param("tenants", chosen.stream().map(Candidate::tenant).toArray(UUID[]::new))
        .param("ids", chosen.stream().map(Candidate::id).toArray(UUID[]::new))
        .query((row, number) -> Due.of(LedgerRow.read(row, number)))
        .list();
  }

  /** Moves locked rows to QUEUED, each with the job of its request. */
  void queue(List<Due> due, Duration lease) {
    List<LedgerRow> rows = due.stream().map(Due::row).toList();
    database
        .write(QUEUE)
        .param("tenants", rows.stream().map(LedgerRow::tenant).toArray(UUID[]::new))
        .param("ids", rows.stream().map(LedgerRow::id).toArray(UUID[]::new))
        .param("epochs", rows.stream().map(LedgerRow::epoch).toArray(Long[]::new))
        .param("jobs", rows.stream().map(LedgerRow::jobId).toArray(UUID[]::new))
        .param("lease", lease.toMillis() / 1000.0)
        .later();
  }

  /** How long until the earliest row that comes due after {@code looked}; null if there is none. */
  @Nullable Duration untilNext(OffsetDateTime looked) {
    Double seconds =
        database
            .sql()
            .sql(NEXT_DUE)
            .param("looked", looked)
            .query(Double.class)
            .optional()
            .orElse(null);
    return seconds == null ? null : Duration.ofMillis(Math.max(1, (long) (seconds * 1000)));
  }

  private static Candidate candidate(ResultSet row, int number) throws SQLException {
    return new Candidate(
        Stage.valueOf(row.getString("stage")),
        Priority.ofRank(row.getInt("priority")),
        row.getObject("tenant_id", UUID.class),
        row.getObject("id", UUID.class));
  }
}
