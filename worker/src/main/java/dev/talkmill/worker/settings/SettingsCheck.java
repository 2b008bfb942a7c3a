package dev.talkmill.worker.settings;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses settings that nobody reads: a slip in a name must not start a worker with the default of
 * what was meant.
 */
final class SettingsCheck {

  /** Switches between the launcher and the command line; not settings. */
  private static final String LAUNCHER_PREFIX = "talkmill.cli.";

  private static final String PREFIX = "talkmill.";
  private static final String VARIABLE_PREFIX = "TALKMILL_";

  /**
   * What Kubernetes puts into the environment of every pod beside a service whose name starts with
   * talkmill ("service links"). Nobody typed it, so it is no slip.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "TALKMILL_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?"
              + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private SettingsCheck() {}

  /**
   * Looks at every property source of {@code environment} whose names can be listed.
   *
   * @throws SettingsError if a name that starts with {@code talkmill.} or {@code TALKMILL_} is not
   *     that of a setting
   */
  static void check(ConfigurableEnvironment environment) {
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof SystemEnvironmentPropertySource variables) {
        checkVariables(variables);
      } else if (source instanceof EnumerablePropertySource<?> names) {
        checkProperties(names);
      }
    }
  }

  private static void checkVariables(SystemEnvironmentPropertySource source) {
    for (String name : sorted(source)) {
      if (name.toUpperCase(Locale.ROOT).startsWith(VARIABLE_PREFIX)
          && KnownSettings.ofVariable(name).isEmpty()
          && !isServiceLink(name, source.getProperty(name))) {
        throw unknown(
            name,
            name.toUpperCase(Locale.ROOT),
            KnownSettings.all().stream().map(KnownSettings.Setting::variable).toList());
      }
    }
  }

  private static void checkProperties(EnumerablePropertySource<?> source) {
    for (String name : sorted(source)) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(PREFIX)
          && !lower.startsWith(LAUNCHER_PREFIX)
          && KnownSettings.ofProperty(name).isEmpty()) {
        throw unknown(
            name,
            lower,
            KnownSettings.all().stream().map(KnownSettings.Setting::property).toList());
      }
    }
  }

  private static boolean isServiceLink(String name, @Nullable Object value) {
    return SERVICE_LINK.matcher(name).matches()
        || (name.endsWith("_PORT")
            && value != null
            && SERVICE_ADDRESS.matcher(value.toString()).matches());
  }

  private static List<String> sorted(EnumerablePropertySource<?> source) {
    return List.of(source.getPropertyNames()).stream().sorted().toList();
  }

  static SettingsError unknown(String shown, String typed, Collection<String> candidates) {
    return new SettingsError(
        "Unknown setting "
            + shown
            + "."
            + NearestName.of(typed, candidates)
                .map(nearest -> " Did you mean " + nearest + "?")
                .orElse(
                    " Nothing of a similar name is known; ./talkmill help lists the settings."));
  }
}
