package dev.talkmill.worker.wiring;

import dev.talkmill.worker.cli.WorkerProcess;
import dev.talkmill.worker.dashboard.Dashboard;
import dev.talkmill.worker.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.context.ConfigurableApplicationContext;

/** A running worker. */
record SpringWorker(ConfigurableApplicationContext context, Settings settings, AdminKey key)
    implements WorkerProcess {

  @Override
  public URI door() {
    return local("local.server.port", "");
  }

  @Override
  public URI dashboard() {
    return context.getBean(Dashboard.class).uri();
  }

  @Override
  public URI metrics() {
    return local("local.management.port", "/actuator/prometheus");
  }

  private URI local(String port, String path) {
    return URI.create(
        "http://localhost:" + context.getEnvironment().getRequiredProperty(port) + path);
  }

  @Override
  public Path dataDirectory() {
    return settings.process().dataDir();
  }

  @Override
  public Optional<Path> keyFile() {
    return key.file();
  }

  @Override
  public String adminKey() {
    return key.value();
  }

  @Override
  public void close() {
    context.close();
  }
}
