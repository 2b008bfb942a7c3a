package dev.talkmill.worker.wiring;

import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Migrations;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.sweep.Aside;
import dev.talkmill.jobs.sweep.OrphanObjects;
import dev.talkmill.jobs.sweep.RowsWithoutObjects;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.worker.dashboard.Dashboard;
import dev.talkmill.worker.health.BoundedHealth;
import dev.talkmill.worker.health.Check;
import dev.talkmill.worker.metrics.JobTimer;
import dev.talkmill.worker.metrics.LedgerMetrics;
import dev.talkmill.worker.s3.S3ObjectStore;
import dev.talkmill.worker.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.jobrunr.jobs.filters.JobFilter;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators look at: dashboard, metrics, health. */
@Configuration(proxyBeanMethods = false)
class OperationsWiring {

  /** The dashboard's only user. */
  private static final String DASHBOARD_USER = "admin";

  @Bean
  Dashboard dashboard(JobSystem jobs, Settings settings, AdminKey key) {
    String password = settings.process().dashboardPassword();
    return new Dashboard(
        jobs.server().storage(),
        jobs.server().json(),
        settings.process().dashboardPort(),
        DASHBOARD_USER,
        password == null ? key.value() : password,
        // An operator's click need not wait for JobRunr's poll.
        action -> jobs.server().nudge());
  }

  @Bean
  Pauses pauses(JobSystem jobs) {
    return jobs.pauses();
  }

  @Bean
  LedgerMetrics ledgerMetrics(Database database, JobSystem jobs) {
    return new LedgerMetrics(
        database,
        jobs.pauses().holds(),
        jobs.server()::isRunning,
        jobs::leasesHeld,
        System::nanoTime);
  }

  @Bean
  JobFilter jobTimer(MeterRegistry meters) {
    return new JobTimer(meters, System::nanoTime);
  }

  @Bean
  HealthIndicator databaseHealthIndicator(Database database) {
    return BoundedHealth.required("The database", Check.database(database));
  }

  @Bean
  HealthIndicator schemaHealthIndicator(Address address) {
    return BoundedHealth.required(
        "The schema", Check.schema(() -> Migrations.pending(Pools.owner(address))));
  }

  @Bean
  HealthIndicator jobServerHealthIndicator(JobSystem jobs) {
    return BoundedHealth.useful("The job server", Check.jobServer(jobs.server()::isRunning));
  }

  @Bean
  HealthIndicator objectStoreHealthIndicator(S3ObjectStore store) {
    return BoundedHealth.useful("The object store", Check.objectStore(store));
  }

  @Bean
  Sweep orphanObjects(Core core, ObjectStore store, Clock clock, MeterRegistry meters) {
    return new Aside(new OrphanObjects(core.database(), store, clock, System::nanoTime, meters));
  }

  @Bean
  Sweep rowsWithoutObjects(Core core, ObjectStore store, MeterRegistry meters) {
    return new Aside(new RowsWithoutObjects(core.database(), store, System::nanoTime, meters));
  }
}
