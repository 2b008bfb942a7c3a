package dev.talkmill.worker.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.util.unit.DataSize;

/** Turns a refusal of Spring's binder into one line for the person who made the setting. */
final class WrongSetting {

  private static final Pattern NAME = Pattern.compile("talkmill(\\.[a-z0-9]+(-[a-z0-9]+)*)+");

  private WrongSetting() {}

  static SettingsError explain(BindException wrong, Binder binder) {
    String refusal = refusal(wrong);
    if (refusal != null) {
      return new SettingsError(refusal + places(refusal, binder), wrong);
    }
    String property = wrong.getName().toString();
    Optional<KnownSettings.Setting> setting = KnownSettings.ofProperty(property);
    Class<?> type = setting.<Class<?>>map(KnownSettings.Setting::type).orElse(String.class);
    boolean hidden = setting.map(KnownSettings.Setting::isSecret).orElse(true);
    ConfigurationProperty found = wrong.getProperty();
    String value =
        found == null || hidden ? "what it is set to" : "\"" + shown(found.getValue()) + "\"";
    return new SettingsError(
        asWritten(found, property) + " must be " + allowed(type) + ", but is " + value + ".",
        wrong);
  }

  /** The sentence with which a settings record refused its values, if that is what happened. */
  private static @Nullable String refusal(Throwable wrong) {
    String found = null;
    for (Throwable at = wrong; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (at instanceof IllegalArgumentException
          && message != null
          && message.startsWith("talkmill.")) {
        found = message;
      }
    }
    return found;
  }

  /** Says for each setting named in a sentence where it was made, if it was made. */
  private static String places(String sentence, Binder binder) {
    Matcher names = NAME.matcher(sentence);
    List<String> places =
        names
            .results()
            .map(name -> KnownSettings.ofProperty(name.group()))
            .flatMap(Optional::stream)
            .distinct()
            .map(setting -> place(setting, binder))
            .flatMap(Optional::stream)
            .toList();
    return places.isEmpty() ? "." : ". Set as: " + String.join(", ", places) + ".";
  }

  private static Optional<String> place(KnownSettings.Setting setting, Binder binder) {
    PlaceFinder finder = new PlaceFinder();
    binder.bind(setting.property(), Bindable.of(String.class), finder);
    return Optional.ofNullable(finder.place);
  }

  /** The setting's name as the user knows it: a variable, or a path with its file and line. */
  static String asWritten(@Nullable ConfigurationProperty found, String property) {
    for (Origin at = found == null ? null : found.getOrigin(); at != null; ) {
      if (at instanceof SystemEnvironmentOrigin variable) {
        return variable.getProperty();
      }
      if (at instanceof TextResourceOrigin text && text.getLocation() != null) {
        return property + fileAndLine(text);
      }
      if (!(at instanceof PropertySourceOrigin source)) {
        return property;
      }
      if (source.getOrigin() == null) {
        return source.getPropertyName();
      }
      at = source.getOrigin();
    }
    return property;
  }

  private static String fileAndLine(TextResourceOrigin text) {
    String file = text.getResource() == null ? null : text.getResource().getFilename();
    TextResourceOrigin.Location location = text.getLocation();
    int line = location == null ? 0 : location.getLine() + 1;
    return " (" + (file == null ? "settings file" : file) + ", line " + line + ")";
  }

  /** An address without what may be a secret in it: user, password and query. */
  private static String shown(Object value) {
    return value
        .toString()
        .replaceFirst("//[^/?#]*@", "//...@")
        .replaceFirst("(://[^?]*)\\?.*", "$1?...");
  }

  private static String allowed(Class<?> type) {
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    if (type == int.class) {
      return "a whole number";
    }
    if (type == Duration.class) {
      return "a length of time such as 30s, 5m or 2h";
    }
    if (type == DataSize.class) {
      return "a size such as 512KB, 16MB or 2GB";
    }
    if (type == URI.class) {
      return "an address such as http://localhost:9000";
    }
    return type == Path.class ? "a path" : "readable as " + type.getSimpleName();
  }

  /** Catches where the binder found a property. */
  private static final class PlaceFinder implements BindHandler {

    private @Nullable String place;

    @Override
    public Object onSuccess(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
      place = asWritten(context.getConfigurationProperty(), name.toString());
      return result;
    }
  }
}
