package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes uploads that were begun and never confirmed. A row is taken with a lease, because the
 * object store is called outside of transactions; one whose removal fails is due again when its
 * lease is over, and keeps neither its batch nor later ones from their turn.
 */
public final class ExpireUploads implements Sweep {

  private static final Logger log = LoggerFactory.getLogger(ExpireUploads.class);

  private static final int BATCH = 50;

  /** Longer than the calls to the store for one batch may take. */
  private static final Duration LEASE = Duration.ofHours(2);

  /** In the order of the index: what is leased now lies behind what is due. */
  private static final String TAKE =
      """
      UPDATE upload u SET lease_until = clock_timestamp() + make_interval(secs => :lease)
      FROM (SELECT tenant_id, id FROM upload
            WHERE state = 'OPEN' AND greatest(expires_at, lease_until) < now()
            ORDER BY greatest(expires_at, lease_until) LIMIT :batch FOR UPDATE SKIP LOCKED) due
      WHERE u.tenant_id = due.tenant_id AND u.id = due.id
      RETURNING u.tenant_id, u.id, u.storage_key, u.multipart_id
      """;

  private static final String EXPIRED =
      """
      UPDATE upload SET state = 'EXPIRED', lease_until = NULL
      WHERE tenant_id = :tenant AND id = :id AND state = 'OPEN' AND expires_at < clock_timestamp()
      """;

  private final Database database;
  private final ObjectStore store;

  public ExpireUploads(Database database, ObjectStore store) {
    this.database = database;
    this.store = store;
  }

  @Override
  public String name() {
    return "unconfirmed_uploads";
  }

  /** Clients give up; that is no fault of ours. */
  @Override
  public boolean heals() {
    return false;
  }

  /**
   * {@inheritDoc}
   *
   * @throws FailureException if the store removed none of them; what was taken is tried again later
   */
  @Override
  public int runOnce() {
    int removed = 0;
    @Nullable FailureException failed = null;
    for (Due upload : database.inSystem(this::take)) {
      try {
        store.abortMultipart(upload.key(), upload.multipartId());
        // It may have been joined already and not been confirmed.
        store.delete(upload.key());
        removed += database.inSystem(() -> expired(upload));
      } catch (FailureException e) {
        log.warn("upload {} could not be removed: {}", upload.id(), e.getMessage());
        failed = e;
      }
    }
    if (failed != null && removed == 0) {
      throw failed;
    }
    return removed;
  }

  private List<Due> take() {
    Plans.byIndex(database);
    return database
        .sql()
        .sql(TAKE)
        .param("lease", LEASE.toSeconds())
        .param("batch", BATCH)
        .query((row, number) ->
            new Due(
                row.getObject("tenant_id", UUID.class),
                row.getObject("id", UUID.class),
                row.getString("storage_key"),
                row.getString("multipart_id")))
        .list();
  }

  private int expired(Due upload) {
    return database
        .sql()
        .sql(EXPIRED)
        .param("tenant", upload.tenant())
        .param("id", upload.id())
        .update();
  }

  private record Due(UUID tenant, UUID id, String key, String multipartId) {}
}
