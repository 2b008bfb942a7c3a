package dev.talkmill.jobs.pause;

import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Pauses as the table has them, for whoever asks why work waits. */
public final class PauseReads {

  private static final String LIST =
      """
      SELECT * FROM pause
      WHERE CAST(:kind AS text) IS NULL OR (kind, name) > (CAST(:kind AS text), CAST(:name AS text))
      ORDER BY kind, name LIMIT :limit
      """;

  /** A tenant's pause before that of a stage, and that before a provider's. */
  private static final String HOLDING =
      """
      SELECT * FROM pause
      WHERE (kind, name) IN (('tenant', CAST(:tenant AS text)), ('stage', CAST(:stage AS text)),
                             ('provider', CAST(:provider AS text)))
      ORDER BY kind DESC LIMIT 1
      """;

  private final Database database;

  public PauseReads(Database database) {
    this.database = database;
  }

  /** Every pause behind one, in the order of kind and name; null begins at the first. */
  public List<Pause> list(@Nullable Target after, int limit) {
    return database.inSystem(() -> page(after, limit));
  }

  /** The pauses that can hold a tenant's work: its own, and those of stages and providers. */
  public List<Pause> listOf(UUID tenant, @Nullable Target after, int limit) {
    return database.inTenant(tenant, () -> page(after, limit));
  }

  /**
   * The pause that holds a tenant's work of a stage.
   *
   * @param provider who does the stage in this process, or null
   */
  public Optional<Pause> holding(UUID tenant, Stage stage, @Nullable String provider) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(HOLDING)
                .param("tenant", tenant)
                .param("stage", stage.name())
                .param("provider", provider)
                .query(Pause::read)
                .optional());
  }

  private List<Pause> page(@Nullable Target after, int limit) {
    return database
        .sql()
        .sql(LIST)
        .param("kind", after == null ? null : after.kind().code())
        .param("name", after == null ? null : after.name())
        .param("limit", limit)
        .query(Pause::read)
        .list();
  }
}
