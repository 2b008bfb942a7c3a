package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.lane.Isolation;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.Endings;
import java.util.Map;

/** Ends rows FAILED that crashed processes in which they ran alone. */
public final class CondemnPoison implements Sweep {

  /** now() bounds the scan of the index; a volatile function would be asked for every lease. */
  private static final String OVER =
      """
      SELECT lease_until, tenant_id, id, state, crash_count FROM processing_status
      WHERE state IN ('QUEUED', 'PROCESSING') AND lease_until < now()
      """;

  private static final String POISONED = "c.state = 'PROCESSING' AND c.crash_count >= :condemned";

  private static final String NAME = "poison";

  private final Pass pass;
  private final Endings endings;

  public CondemnPoison(Database database, Endings endings) {
    this.pass = new Pass(database, NAME, Pass.Order.LEASE, POISONED, OVER);
    this.endings = endings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    return pass.round(
        row -> endings.condemn(row.tenant(), row.id()), Map.of("condemned", Isolation.CRASHES_MAX));
  }
}
