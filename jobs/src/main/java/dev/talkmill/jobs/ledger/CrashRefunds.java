package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives back the crash that a claim has counted, where its end was none. Every claim counts one in
 * advance, for a process that dies can no longer count; a lease that is over says only that nobody
 * has renewed it. If the process lives, its database was away, or it was stopped for a while, and
 * the row is innocent. Without this, five outages would condemn whatever ran through them.
 */
final class CrashRefunds {

  /**
   * Where a row can be that still counts the crash of a claim: claimed and left alone; released,
   * dispatched or claimed since then, once each. After that the next claim's end has cleared the
   * count, or is itself the one that counts. A row locked by a writer is left out.
   */
  private static final String REFUND =
      """
      WITH innocent AS (
        SELECT p.tenant_id, p.id
        FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), CAST(:epochs AS bigint[]))
             AS mine (tenant_id, id, epoch)
        JOIN talkmill.processing_status p USING (tenant_id, id)
        WHERE p.crash_count > 0
          AND (p.epoch - mine.epoch, p.state) IN
              ((0, 'PROCESSING'), (1, 'PENDING'), (2, 'QUEUED'), (3, 'PROCESSING'))
        ORDER BY p.id
        FOR UPDATE OF p SKIP LOCKED)
      UPDATE talkmill.processing_status p
      SET crash_count = p.crash_count - 1, updated_at = clock_timestamp()
      FROM innocent WHERE p.tenant_id = innocent.tenant_id AND p.id = innocent.id
      RETURNING p.id
      """;

  private final Database database;

  CrashRefunds(Database database) {
    this.database = database;
  }

  /**
   * Gives back the crash of each claim, one claim of a row.
   *
   * @param claims lost, or left without a written end
   */
  void refund(Collection<Claim> claims) {
    database.inSystem(() -> {
      List<@Nullable UUID> refunded =
          database.sql().sql(REFUND).params(LeaseKeeper.mine(claims)).query(UUID.class).list();
      // Before the commit: at most once, also if that is never answered.
      claims.stream().filter(claim -> refunded.contains(claim.row().id())).forEach(Claim::refunded);
      return true;
    });
  }
}
