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
      ORDER BY id LIMIT 100
      """;

  private final Database database;
  private final Endings endings;

  public CondemnPoison(Database database, Endings endings) {
    this.database = database;
    this.endings = endings;
  }

  @Override
  public String name() {
    return "poison";
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    return Found.mendEach(
        Found.list(database, FIND, Isolation.CRASHES_MAX),
        row -> endings.condemn(row.tenant(), row.id()));
  }
}
