package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.lane.Isolation;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.Endings;

/** Ends rows FAILED that crashed processes in which they ran alone. */
public final class CondemnPoison implements Sweep {

  private static final String FIND =
      """
      SELECT tenant_id, id FROM processing_status
      WHERE state = 'PROCESSING' AND lease_until < clock_timestamp() AND crash_count >= ?
      """;

  private static final String NAME = "poison";

  private final Pass pass;
  private final Endings endings;

  public CondemnPoison(Database database, Endings endings) {
    this.pass = new Pass(database, NAME, FIND);
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
    return pass.round(row -> endings.condemn(row.tenant(), row.id()), Isolation.CRASHES_MAX);
  }
}
