package dev.talkmill.worker.wiring;

import dev.talkmill.config.ProcessSettings;
import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.sweep.ReleaseExpiredLeases;
import dev.talkmill.worker.cli.WorkerProcess;
import dev.talkmill.worker.cli.WorkerStarter;
import dev.talkmill.worker.dashboard.Dashboard;
import dev.talkmill.worker.metrics.LedgerMetrics;
import dev.talkmill.worker.settings.Settings;
import dev.talkmill.worker.wiring.ServicesWiring.OwnPostgres;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/** Starts the worker as a Spring application; its command line, not Spring, ends it. */
public final class SpringStarter implements WorkerStarter {

  @Override
  public WorkerProcess start(ConfigurableEnvironment environment) {
    Settings settings = Settings.bind(environment);
    AdminKey key = AdminKey.of(settings.process());
    SpringApplication application = new SpringApplication(Wiring.class);
    application.setEnvironment(environment);
    application.setDefaultProperties(defaults(settings.process()));
    application.setBannerMode(Banner.Mode.OFF);
    application.setRegisterShutdownHook(false);
    application.setLogStartupInfo(false);
    application.addInitializers(context -> {
      context.getBeanFactory().registerSingleton("settings", settings);
      context.getBeanFactory().registerSingleton("adminKey", key);
    });
    ConfigurableApplicationContext context = application.run();
    try {
      endLeasesOfTheDead(context);
      context.getBean(WakeUp.class).start();
      context.getBean(JobSystem.class).start();
      context.getBean(LedgerMetrics.class).start();
      context.getBean(Dashboard.class).start();
      return new SpringWorker(context, settings, key);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /** The embedded server's directory is locked, so an earlier process on it has ended. */
  private static void endLeasesOfTheDead(ConfigurableApplicationContext context) {
    if (context.getBean(OwnPostgres.class).server().isPresent()) {
      ReleaseExpiredLeases.endAll(context.getBean(Database.class));
    }
  }

  private static Map<String, Object> defaults(ProcessSettings settings) {
    Map<String, Object> defaults = new HashMap<>();
    defaults.put("server.port", settings.httpPort());
    defaults.put("server.shutdown", "graceful");
    defaults.put("spring.lifecycle.timeout-per-shutdown-phase", settings.drain().toString());
    defaults.put("management.server.port", settings.managementPort());
    defaults.put("management.endpoints.web.exposure.include", "health,prometheus");
    defaults.put("management.endpoint.health.probes.enabled", "true");
    defaults.put("management.endpoint.health.show-details", "always");
    defaults.put(
        "management.endpoint.health.group.readiness.include",
        "readinessState,database,schema,jobServer,objectStore");
    defaults.put("management.health.diskspace.enabled", "false");
    defaults.put("spring.jmx.enabled", "false");
    defaults.put("spring.threads.virtual.enabled", "true");
    return defaults;
  }
}
