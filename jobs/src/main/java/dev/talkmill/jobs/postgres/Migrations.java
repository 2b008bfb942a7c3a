package dev.talkmill.jobs.postgres;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jobrunr.storage.sql.common.DatabaseCreator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/** Brings the schemas {@code talkmill} and {@code jobrunr} up to date. Forward only. */
public final class Migrations {

  /** JobRunr's table prefix, which makes its tables live in a schema of their own. */
  public static final String JOBRUNR_PREFIX = "jobrunr.";

  private Migrations() {}

  /**
   * Runs what has not been run yet.
   *
   * @param owner signs in as the owner of both schemas
   */
  public static void run(DataSource owner) {
    flyway(owner).connectRetries(10).load().migrate();
    new DatabaseCreator(owner, JOBRUNR_PREFIX, PostgresStorageProvider.class).runMigrations();
  }

  /** How many migrations of this version the database has not seen. */
  public static int pending(DataSource owner) {
    return flyway(owner).load().info().pending().length;
  }

  private static FluentConfiguration flyway(DataSource owner) {
    return Flyway.configure()
        .dataSource(owner)
        .schemas("talkmill")
        .defaultSchema("talkmill")
        .createSchemas(true)
        .locations("classpath:db/migration");
  }
}
