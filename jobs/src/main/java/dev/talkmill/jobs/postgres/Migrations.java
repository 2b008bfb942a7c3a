package dev.talkmill.jobs.postgres;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jobrunr.storage.sql.common.DatabaseCreator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Brings the schemas {@code talkmill} and {@code jobrunr} up to date. Forward only. */
public final class Migrations {

  /** JobRunr's table prefix, which makes its tables live in a schema of their own. */
  public static final String JOBRUNR_PREFIX = "jobrunr.";

  /**
   * A job is written three times, and each time into every index: those that nothing of ours is
   * looked up by hold what is looked up alone, or go. Jobs come and go by the thousand a second.
   * Once in the life of a database, by one process.
   */
  private static final String TUNE_JOBRUNR =
      """
      DO $$
      BEGIN
        PERFORM set_config('lock_timeout', '30s', true), pg_advisory_xact_lock(7216344015203002);
        IF to_regclass('jobrunr.jobrunr_jobs_recurring') IS NULL THEN
          DROP INDEX IF EXISTS jobrunr.jobrunr_state_idx, jobrunr.jobrunr_job_created_at_idx,
            jobrunr.jobrunr_job_signature_idx, jobrunr.jobrunr_job_scheduled_at_idx,
            jobrunr.jobrunr_job_rci_idx;
          CREATE INDEX jobrunr_jobs_scheduled ON jobrunr.jobrunr_jobs (scheduledAt)
            WHERE scheduledAt IS NOT NULL;
          CREATE INDEX jobrunr_jobs_recurring ON jobrunr.jobrunr_jobs (recurringJobId)
            WHERE recurringJobId IS NOT NULL;
          ALTER TABLE jobrunr.jobrunr_jobs SET (
            autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);
        END IF;
      END $$
      """;

  private Migrations() {}

  /**
   * Runs what has not been run yet.
   *
   * @param owner signs in as the owner of both schemas
   */
  public static void run(DataSource owner) {
    flyway(owner).connectRetries(10).load().migrate();
    new DatabaseCreator(owner, JOBRUNR_PREFIX, PostgresStorageProvider.class).runMigrations();
    JdbcClient.create(owner).sql(TUNE_JOBRUNR).update();
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
