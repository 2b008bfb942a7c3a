package dev.talkmill.jobs.tenant;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jdbc.core.JdbcAggregateTemplate;

/** Rows of {@code tenant}. Only the installation's own scope makes them. */
public final class Tenants {

  private final Database database;
  private final JdbcAggregateTemplate rows;
  private final InstantSource clock;

  public Tenants(Database database, InstantSource clock) {
    this.database = database;
    this.rows = PlainRows.of(database);
    this.clock = clock;
  }

  /**
   * Makes a tenant.
   *
   * @param name 1 to 200 characters
   */
  public Tenant create(String name) {
    return create(Uuids.v7(clock), name);
  }

  Tenant create(UUID id, String name) {
    return database.inSystem(() -> {
      rows.insert(new Tenant(id, name, null));
      return found(id).orElseThrow();
    });
  }

  public Optional<Tenant> find(UUID id) {
    return database.inSystem(() -> found(id));
  }

  private Optional<Tenant> found(UUID id) {
    return Optional.ofNullable(rows.findById(id, Tenant.class));
  }
}
