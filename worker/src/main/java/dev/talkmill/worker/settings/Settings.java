package dev.talkmill.worker.settings;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.config.IntakeSettings;
import dev.talkmill.config.LedgerSettings;
import dev.talkmill.config.ProcessSettings;
import dev.talkmill.config.SpeechSettings;
import dev.talkmill.config.StorageSettings;
import dev.talkmill.config.SummarySettings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Every setting, checked. */
public record Settings(
    ProcessSettings process,
    DatabaseSettings database,
    StorageSettings storage,
    SpeechSettings speech,
    SummarySettings summary,
    AudioSettings audio,
    IntakeSettings intake,
    LedgerSettings ledger) {

  /** Name of the property source of {@code given} in {@link #environment}. */
  static final String GIVEN = "commandLineSettings";

  /**
   * The environment of a process: what was given on its command line goes before system properties,
   * those before environment variables, and those before the settings file.
   *
   * @param given settings by their property name, for example {@code talkmill.http-port}
   * @param file the settings file; null takes talkmill.yaml or talkmill.properties of {@code
   *     directory} where there is one
   * @throws SettingsError if a name is unknown or a value wrong
   */
  public static ConfigurableEnvironment environment(
      Map<String, String> given, @Nullable Path file, Path directory) {
    return prepared(new StandardEnvironment(), given, file, directory);
  }

  static ConfigurableEnvironment prepared(
      ConfigurableEnvironment environment,
      Map<String, String> given,
      @Nullable Path file,
      Path directory) {
    SettingsFile.read(file, directory).forEach(environment.getPropertySources()::addLast);
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource(GIVEN, Map.<String, Object>copyOf(given)));
    SettingsCheck.check(environment);
    bind(environment);
    return environment;
  }

  /**
   * Reads the settings from an environment.
   *
   * @throws SettingsError if a value cannot be read or is refused
   */
  public static Settings bind(ConfigurableEnvironment environment) {
    ConfigurationPropertySources.attach(environment);
    Binder binder = Binder.get(environment);
    return new Settings(
        bind(binder, ProcessSettings.class),
        bind(binder, DatabaseSettings.class),
        bind(binder, StorageSettings.class),
        bind(binder, SpeechSettings.class),
        bind(binder, SummarySettings.class),
        bind(binder, AudioSettings.class),
        bind(binder, IntakeSettings.class),
        bind(binder, LedgerSettings.class));
  }

  private static <T extends Record> T bind(Binder binder, Class<T> type) {
    try {
      return binder.bindOrCreate(KnownSettings.prefix(type), Bindable.of(type));
    } catch (BindException wrong) {
      throw WrongSetting.explain(wrong, binder);
    }
  }
}
