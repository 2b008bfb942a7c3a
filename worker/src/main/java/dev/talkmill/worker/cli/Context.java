package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * What every command works with.
 *
 * @param directory what relative paths are relative to
 * @param poll pause between two looks at a conversation
 * @param sample folder of the bundled conversation on the class path
 */
record Context(
    Terminal terminal,
    WorkerStarter starter,
    InstantSource clock,
    Path directory,
    StopSignal stop,
    Duration poll,
    String sample) {

  ConfigurableEnvironment environment(Arguments arguments, Map<String, String> given) {
    return Settings.environment(given, arguments.settingsFile(directory), directory);
  }
}
