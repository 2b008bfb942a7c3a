package dev.talkmill.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Binds a settings record as Spring Boot does. */
final class Binding {

  private Binding() {}

  /** The record as it is with these properties set and all others left out. */
  static <T extends Record> T bind(Class<T> type, Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate(prefix(type), Bindable.of(type));
  }

  static <T extends Record> T defaults(Class<T> type) {
    return bind(type, Map.of());
  }

  /** Holds that {@code properties} names every key of the record, and that each one acts. */
  static <T extends Record> void assertEveryKeyActs(
      Class<T> type, Map<String, String> properties, T expected) {
    assertThat(properties.keySet()).containsExactlyInAnyOrderElementsOf(keys(prefix(type), type));
    assertThat(bind(type, properties)).isEqualTo(expected);
    for (String left : properties.keySet()) {
      Map<String, String> others = new HashMap<>(properties);
      others.remove(left);
      assertThat(boundOrRefused(type, others)).as("without " + left).isNotEqualTo(expected);
    }
  }

  /** Holds that the record refuses these properties in exactly this sentence. */
  static void assertRefused(
      Class<? extends Record> type, Map<String, String> properties, String sentence) {
    assertThatThrownBy(() -> bind(type, properties))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  static void assertRefused(
      Class<? extends Record> type, String property, String value, String sentence) {
    assertRefused(type, Map.of(property, value), sentence);
  }

  private static Object boundOrRefused(Class<? extends Record> type, Map<String, String> values) {
    try {
      return bind(type, values);
    } catch (RuntimeException refused) {
      return refused;
    }
  }

  private static String prefix(Class<?> type) {
    return type.getAnnotation(ConfigurationProperties.class).value();
  }

  private static Set<String> keys(String prefix, Class<?> type) {
    Set<String> keys = new TreeSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String key = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      if (component.getType().isRecord()) {
        keys.addAll(keys(key, component.getType()));
      } else {
        keys.add(key);
      }
    }
    return keys;
  }
}
