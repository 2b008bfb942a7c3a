package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** How much of each stage is QUEUED or PROCESSING, in all and of each tenant. */
final class InFlight {

  private static final String COUNT =
      "SELECT stage, tenant_id, rows, queued, patient, fresh FROM rows_in_flight()";

  private final int tenantMax;
  private final Map<Stage, Integer> queued = new EnumMap<>(Stage.class);
  private final Map<Stage, Integer> patient = new EnumMap<>(Stage.class);
  private final Map<Place, Integer> rows = new HashMap<>();
  private final Map<UUID, Integer> tenants = new HashMap<>();
  private int fresh;

  /** A tenant in a stage. */
  record Place(Stage stage, UUID tenant) {}

  private InFlight(int tenantMax) {
    this.tenantMax = tenantMax;
  }

  /**
   * Counts.
   *
   * @param tenantMax rows of one tenant that may be in flight in one stage
   */
  static InFlight count(Database database, int tenantMax) {
    InFlight inFlight = new InFlight(tenantMax);
    database
        .sql()
        .sql(COUNT)
        .query(row -> {
          Stage stage = Stage.valueOf(row.getString("stage"));
          inFlight.queued.merge(stage, row.getInt("queued"), Integer::sum);
          inFlight.patient.merge(stage, row.getInt("patient"), Integer::sum);
          inFlight.fresh += row.getInt("fresh");
          inFlight.put(
              new Place(stage, row.getObject("tenant_id", UUID.class)), row.getInt("rows"));
        });
    return inFlight;
  }

  /** Dispatched just now and not claimed, in all stages. */
  int fresh() {
    return fresh;
  }

  int queued(Stage stage) {
    return queued.getOrDefault(stage, 0);
  }

  /** Those of them that are not urgent. */
  int patientQueued(Stage stage) {
    return patient.getOrDefault(stage, 0);
  }

  /** Rows of a tenant, in all stages. */
  int of(UUID tenant) {
    return tenants.getOrDefault(tenant, 0);
  }

  /** Stages of {@link #fullTenants}, at the same places. */
  String[] fullStages() {
    return full().map(place -> place.stage().name()).toArray(String[]::new);
  }

  /** Tenants that may have nothing more in flight in a stage. */
  UUID[] fullTenants() {
    return full().map(Place::tenant).toArray(UUID[]::new);
  }

  private Stream<Place> full() {
    return rows.entrySet().stream()
        .filter(entry -> entry.getValue() >= tenantMax)
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing(Place::stage).thenComparing(Place::tenant));
  }

  boolean anyFull() {
    return full().findAny().isPresent();
  }

  /** Counts one more row of a tenant, unless it may have no more. */
  boolean add(Stage stage, UUID tenant) {
    Place place = new Place(stage, tenant);
    int before = rows.getOrDefault(place, 0);
    if (before >= tenantMax) {
      return false;
    }
    put(place, before + 1);
    return true;
  }

  private void put(Place place, int count) {
    Integer before = rows.put(place, count);
    tenants.merge(place.tenant(), count - (before == null ? 0 : before), Integer::sum);
  }
}
