package dev.talkmill.worker.settings;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.config.IntakeSettings;
import dev.talkmill.config.LedgerSettings;
import dev.talkmill.config.ProcessSettings;
import dev.talkmill.config.SpeechSettings;
import dev.talkmill.config.StorageSettings;
import dev.talkmill.config.SummarySettings;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The name of every setting, read from the records of module config. */
public final class KnownSettings {

  /** Every record that is bound; a test holds that none of module config is missing. */
  static final List<Class<? extends Record>> RECORDS =
      List.of(
          ProcessSettings.class,
          DatabaseSettings.class,
          StorageSettings.class,
          SpeechSettings.class,
          SummarySettings.class,
          AudioSettings.class,
          IntakeSettings.class,
          LedgerSettings.class);

  private static final List<Setting> ALL =
      RECORDS.stream().flatMap(type -> of(prefix(type), type).stream()).toList();

  private KnownSettings() {}

  /**
   * One setting.
   *
   * @param property path in files and arguments, for example {@code talkmill.http-port}
   * @param type of the value
   */
  public record Setting(String property, Class<?> type) {

    /** Name in the environment, for example {@code TALKMILL_HTTP_PORT}. */
    public String variable() {
      return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Whether the value must not be shown. */
    public boolean isSecret() {
      String last = property.substring(property.lastIndexOf('.') + 1);
      // A JDBC URL may carry a password.
      return last.contains("password")
          || last.contains("key")
          || last.contains("secret")
          || property.equals("talkmill.database.url");
    }

    /** Spring Boot takes dashes and case as nothing; so a name is compared without them. */
    String canonical() {
      return canonicalProperty(property);
    }
  }

  public static List<Setting> all() {
    return ALL;
  }

  static String prefix(Class<? extends Record> type) {
    ConfigurationProperties annotation = type.getAnnotation(ConfigurationProperties.class);
    if (annotation == null) {
      throw new IllegalArgumentException(type.getName() + " is not bound to settings");
    }
    return annotation.value();
  }

  /** The setting of this name in a file or argument, however it is spelled. */
  static Optional<Setting> ofProperty(String name) {
    String canonical = canonicalProperty(name);
    return ALL.stream().filter(setting -> setting.canonical().equals(canonical)).findFirst();
  }

  /** The setting of this name in the environment; dashes may be underscores or left out. */
  static Optional<Setting> ofVariable(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return ALL.stream()
        .filter(setting ->
            setting.variable().equals(upper)
                || setting.canonical().replace('.', '_').equalsIgnoreCase(upper))
        .findFirst();
  }

  private static String canonicalProperty(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  private static List<Setting> of(String prefix, Class<?> type) {
    List<Setting> found = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      if (component.getType().isRecord()) {
        found.addAll(of(path, component.getType()));
      } else {
        found.add(new Setting(path, component.getType()));
      }
    }
    return List.copyOf(found);
  }
}
