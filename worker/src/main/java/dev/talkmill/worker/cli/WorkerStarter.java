package dev.talkmill.worker.cli;

import org.springframework.core.env.ConfigurableEnvironment;

/** Starts the worker inside this process. */
@FunctionalInterface
public interface WorkerStarter {

  /**
   * Returns when the worker is ready to take requests. The command line stops it through {@link
   * WorkerProcess#close}, also on a signal, so it needs no shutdown hook of its own.
   *
   * @param environment the settings, with every name and value checked ({@code
   *     dev.talkmill.worker.settings.Settings#environment}); may hold {@code logging.} keys
   * @throws RuntimeException if it cannot start; then nothing that it started is left
   */
  WorkerProcess start(ConfigurableEnvironment environment);
}
