package dev.talkmill.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.config.ProcessSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;

class SettingsTest {

  @TempDir Path directory;

  private static ConfigurableEnvironment empty() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
            new MapPropertySource(
                StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, Map.of()));
    return withVariables(environment, Map.of());
  }

  private static ConfigurableEnvironment withVariables(
      ConfigurableEnvironment environment, Map<String, Object> variables) {
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    return environment;
  }

  private Settings withVariables(Map<String, Object> variables) {
    return prepare(variables, Map.of(), null);
  }

  private Settings prepare(Map<String, Object> variables, Map<String, String> given, Path file) {
    return Settings.bind(
        Settings.prepared(withVariables(empty(), variables), given, file, directory));
  }

  static List<KnownSettings.Setting> everySetting() {
    return KnownSettings.all();
  }

  @Test
  void everyRecordOfModuleConfigIsKnown() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    Set<String> found =
        scanner.findCandidateComponents("dev.talkmill.config").stream()
            .map(bean -> bean.getBeanClassName())
            .collect(Collectors.toSet());
    assertThat(KnownSettings.RECORDS.stream().map(Class::getName))
        .containsExactlyInAnyOrderElementsOf(found);
    assertThat(
            Arrays.stream(Settings.class.getRecordComponents())
                .map(component -> component.getType().getName()))
        .containsExactlyInAnyOrderElementsOf(found);
  }

  @Test
  void theNamesOfTheContractAreKnown() {
    assertThat(KnownSettings.all().stream().map(KnownSettings.Setting::variable))
        .contains(
            "TALKMILL_DATA_DIR",
            "TALKMILL_HTTP_PORT",
            "TALKMILL_MANAGEMENT_PORT",
            "TALKMILL_DASHBOARD_PORT",
            "TALKMILL_DASHBOARD_PASSWORD",
            "TALKMILL_API_KEY",
            "TALKMILL_PUBLIC_URL",
            "TALKMILL_DATABASE_URL",
            "TALKMILL_DATABASE_USERNAME",
            "TALKMILL_DATABASE_PASSWORD",
            "TALKMILL_S3_ENDPOINT",
            "TALKMILL_S3_REGION",
            "TALKMILL_S3_BUCKET",
            "TALKMILL_S3_ACCESS_KEY_ID",
            "TALKMILL_S3_SECRET_ACCESS_KEY",
            "TALKMILL_SPEECH_PROVIDER",
            "TALKMILL_SPEECH_OPENAI_BASE_URL",
            "TALKMILL_SPEECH_OPENAI_API_KEY",
            "TALKMILL_SPEECH_OPENAI_MODEL",
            "TALKMILL_SUMMARY_PROVIDER",
            "TALKMILL_SUMMARY_OPENAI_BASE_URL",
            "TALKMILL_SUMMARY_OPENAI_API_KEY",
            "TALKMILL_SUMMARY_OPENAI_MODEL");
  }

  /** Holds for each setting that its variable reaches its record, through Spring Boot's binder. */
  @ParameterizedTest
  @MethodSource("everySetting")
  void theVariableOfEverySettingActs(KnownSettings.Setting setting) {
    Map<String, Object> variables = new HashMap<>(Examples.needs(setting));
    Settings before = withVariables(variables);
    variables.put(setting.variable(), Examples.of(setting));
    Settings after = withVariables(variables);
    assertThat(Examples.read(after, setting).toString()).endsWith(Examples.shown(setting));
    assertThat(String.valueOf(Examples.read(before, setting)))
        .isNotEqualTo(Examples.read(after, setting).toString());
  }

  @ParameterizedTest
  @MethodSource("everySetting")
  void theVariableOfEverySettingIsFoundByTheBinder(KnownSettings.Setting setting) {
    ConfigurableEnvironment environment = withVariables(empty(), Map.of(setting.variable(), "7"));
    ConfigurationPropertySources.attach(environment);
    assertThat(Binder.get(environment).bind(setting.property(), String.class).get()).isEqualTo("7");
  }

  @ParameterizedTest
  @CsvSource({
    "TALKMILL_HTP_PORT, Did you mean TALKMILL_HTTP_PORT?",
    "TALKMILL_DATABSE_URL, Did you mean TALKMILL_DATABASE_URL?",
    "TALKMILL_SPEECH_OPENAI_MODLE, Did you mean TALKMILL_SPEECH_OPENAI_MODEL?",
    "talkmill_htp_port, Did you mean TALKMILL_HTTP_PORT?",
    "TALKMILL_X, Nothing of a similar name is known; ./talkmill help lists the settings."
  })
  void anUnknownVariableIsRefusedWithTheNameThatWasMeant(String name, String hint) {
    assertThatThrownBy(() -> withVariables(Map.of(name, "1")))
        .isInstanceOf(SettingsError.class)
        .hasMessage("Unknown setting " + name + ". " + hint);
  }

  @Test
  void anUnknownPropertyIsRefusedWithTheNameThatWasMeant() {
    assertThatThrownBy(() -> prepare(Map.of(), Map.of("talkmill.http-prot", "1"), null))
        .isInstanceOf(SettingsError.class)
        .hasMessage("Unknown setting talkmill.http-prot. Did you mean talkmill.http-port?");
  }

  @Test
  void switchesOfTheLauncherAreNotSettings() {
    assertThat(prepare(Map.of(), Map.of("talkmill.cli.tty.out", "true"), null)).isNotNull();
  }

  @Test
  void serviceLinksOfKubernetesAreNotTakenForSlips() {
    Map<String, Object> links = new HashMap<>();
    for (String service : List.of("TALKMILL", "TALKMILL_WORKER")) {
      links.put(service + "_SERVICE_HOST", "10.0.0.1");
      links.put(service + "_SERVICE_PORT", "8080");
      links.put(service + "_SERVICE_PORT_HTTP", "8080");
      links.put(service + "_PORT", "tcp://10.0.0.1:8080");
      links.put(service + "_PORT_8080_TCP", "tcp://10.0.0.1:8080");
      links.put(service + "_PORT_8080_TCP_PROTO", "tcp");
      links.put(service + "_PORT_8080_TCP_PORT", "8080");
      links.put(service + "_PORT_8080_TCP_ADDR", "10.0.0.1");
    }
    assertThat(withVariables(links)).isNotNull();
    assertThatThrownBy(() -> withVariables(Map.of("TALKMILL_PORT", "8080")))
        .isInstanceOf(SettingsError.class)
        .hasMessageStartingWith("Unknown setting TALKMILL_PORT.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TALKMILL_HTTP_PORT|abc|a whole number",
        "TALKMILL_DRAIN|soon|a length of time such as 30s, 5m or 2h",
        "TALKMILL_INTAKE_CHUNK_BYTES_MAX|big|a size such as 512KB, 16MB or 2GB",
        "TALKMILL_SPEECH_PROVIDER|siri|one of offline, openai",
        "TALKMILL_S3_ENDPOINT|http://[|an address such as http://localhost:9000"
      })
  void aValueOfTheWrongKindIsRefusedInOneLine(String variable, String value, String allowed) {
    assertThatThrownBy(() -> withVariables(Map.of(variable, value)))
        .isInstanceOf(SettingsError.class)
        .hasMessage(variable + " must be " + allowed + ", but is \"" + value + "\".");
  }

  @Test
  void aRefusalOfARecordNamesTheVariableThatCausedIt() {
    assertThatThrownBy(() -> withVariables(Map.of("TALKMILL_HTTP_PORT", "70000")))
        .isInstanceOf(SettingsError.class)
        .hasMessage(
            "talkmill.http-port must be a port from 0 (any free one) to 65535, but is 70000."
                + " Set as: TALKMILL_HTTP_PORT.");
  }

  @Test
  void aSecretIsNeverShown() {
    assertThatThrownBy(() -> withVariables(Map.of("TALKMILL_API_KEY", "hush")))
        .isInstanceOf(SettingsError.class)
        .hasMessage("talkmill.api-key must have at least 16 characters. Set as: TALKMILL_API_KEY.");
    assertThat(KnownSettings.all().stream().filter(KnownSettings.Setting::isSecret))
        .extracting(KnownSettings.Setting::property)
        .containsExactlyInAnyOrder(
            "talkmill.api-key",
            "talkmill.dashboard-password",
            "talkmill.database.url",
            "talkmill.database.password",
            "talkmill.s3.access-key-id",
            "talkmill.s3.secret-access-key",
            "talkmill.speech.openai.api-key",
            "talkmill.summary.openai.api-key");
  }

  @Test
  void whatIsGivenGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
    Files.writeString(
        directory.resolve("talkmill.yaml"),
        "talkmill:\n  http-port: 1\n  management-port: 1\n  dashboard-port: 1\n");
    ProcessSettings process =
        prepare(
                Map.of("TALKMILL_MANAGEMENT_PORT", "2", "TALKMILL_DASHBOARD_PORT", "2"),
                Map.of("talkmill.dashboard-port", "3"),
                null)
            .process();
    assertThat(process.httpPort()).isEqualTo(1);
    assertThat(process.managementPort()).isEqualTo(2);
    assertThat(process.dashboardPort()).isEqualTo(3);
  }

  @Test
  void aFileMayBeNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("my.properties"), "talkmill.http-port=81\n");
    assertThat(prepare(Map.of(), Map.of(), file).process().httpPort()).isEqualTo(81);
  }

  @Test
  void aWrongValueInAFileIsShownWithItsLine() throws IOException {
    Files.writeString(directory.resolve("talkmill.yaml"), "talkmill:\n  http-port: eighty\n");
    assertThatThrownBy(() -> withVariables(Map.of()))
        .isInstanceOf(SettingsError.class)
        .hasMessage(
            "talkmill.http-port (talkmill.yaml, line 2) must be a whole number, but is"
                + " \"eighty\".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"talkmil.http-port: 1", "http-port: 1", "talkmill:\n  htp-port: 1"})
  void aFileWithAnUnknownNameIsRefused(String content) throws IOException {
    Files.writeString(directory.resolve("talkmill.yaml"), content);
    assertThatThrownBy(() -> withVariables(Map.of()))
        .isInstanceOf(SettingsError.class)
        .hasMessageStartingWith("Unknown setting ");
  }

  @Test
  void aFileThatIsNotThereOrNotSettingsIsRefused() throws IOException {
    assertThatThrownBy(() -> prepare(Map.of(), Map.of(), directory.resolve("none.yaml")))
        .isInstanceOf(SettingsError.class)
        .hasMessageEndingWith("none.yaml does not exist or cannot be read.");
    Path odd = Files.writeString(directory.resolve("talkmill.txt"), "a");
    assertThatThrownBy(() -> prepare(Map.of(), Map.of(), odd))
        .hasMessageEndingWith("must end in .yaml, .yml or .properties.");
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "talkmill:\n  a: [secret");
    assertThatThrownBy(() -> prepare(Map.of(), Map.of(), broken))
        .isInstanceOf(SettingsError.class)
        .hasMessageContaining("broken.yaml cannot be read: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void twoFilesAreRefused() throws IOException {
    Files.writeString(directory.resolve("talkmill.yaml"), "");
    Files.writeString(directory.resolve("talkmill.properties"), "");
    assertThatThrownBy(() -> withVariables(Map.of()))
        .isInstanceOf(SettingsError.class)
        .hasMessageStartingWith("Both talkmill.yaml and talkmill.properties are in ");
  }

  @Test
  void aCheckedEnvironmentIsTheOneThatSpringBinds() throws IOException {
    Files.writeString(directory.resolve("talkmill.yaml"), "talkmill:\n  drain: 3s\n");
    ConfigurableEnvironment environment =
        Settings.environment(Map.of("talkmill.http-port", "0"), null, directory);
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Bound.class)
            .environment(environment)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .registerShutdownHook(false)
            .run()) {
      ProcessSettings process = context.getBean(ProcessSettings.class);
      assertThat(process.httpPort()).isZero();
      assertThat(process.drain()).isEqualTo(Duration.ofSeconds(3));
    }
  }

  @EnableConfigurationProperties(ProcessSettings.class)
  static class Bound {}

  /** A value for each setting that differs from its default. */
  private static final class Examples {

    private static final Map<String, String> SPECIAL =
        Map.of(
            "talkmill.api-key", "0123456789abcdef",
            "talkmill.database.url", "jdbc:postgresql://example.org/talk",
            "talkmill.speech.provider", "OPENAI",
            "talkmill.summary.provider", "OPENAI",
            "talkmill.summary.context-tokens", "1234",
            "talkmill.audio.part-length", "PT1M",
            "talkmill.audio.split-after", "PT21M",
            "talkmill.ledger.retry-cap", "PT21M");

    static String of(KnownSettings.Setting setting) {
      return SPECIAL.getOrDefault(
          setting.property(),
          switch (setting.type().getSimpleName()) {
            case "Duration" -> "PT7S";
            case "DataSize" -> "7MB";
            case "URI" -> "http://example.org";
            default -> "7";
          });
    }

    static String shown(KnownSettings.Setting setting) {
      return setting.type().getSimpleName().equals("DataSize")
          ? String.valueOf(7 * 1024 * 1024) + "B"
          : of(setting);
    }

    /** What must be set beside a setting for it to be accepted. */
    static Map<String, Object> needs(KnownSettings.Setting setting) {
      return switch (setting.property()) {
        case "talkmill.speech.provider" ->
            Map.of(
                "TALKMILL_SPEECH_OPENAI_BASE_URL", "http://e",
                "TALKMILL_SPEECH_OPENAI_MODEL", "m");
        case "talkmill.summary.provider" ->
            Map.of(
                "TALKMILL_SUMMARY_OPENAI_BASE_URL", "http://e",
                "TALKMILL_SUMMARY_OPENAI_MODEL", "m");
        case "talkmill.s3.endpoint", "talkmill.s3.access-key-id", "talkmill.s3.secret-access-key" ->
            Map.of("TALKMILL_S3_ACCESS_KEY_ID", "i", "TALKMILL_S3_SECRET_ACCESS_KEY", "s");
        default -> Map.of();
      };
    }

    static Object read(Settings settings, KnownSettings.Setting setting) {
      return Stream.of(Settings.class.getRecordComponents())
          .map(component -> value(settings, component))
          .filter(record -> belongs(record, setting))
          .map(record -> within(record, setting))
          .findFirst()
          .orElseThrow();
    }

    private static boolean belongs(Object record, KnownSettings.Setting setting) {
      String prefix = record.getClass().getAnnotation(ConfigurationProperties.class).value() + ".";
      String rest = setting.property().replace(".openai.", ".");
      return rest.startsWith(prefix) && rest.indexOf('.', prefix.length()) < 0;
    }

    private static Object within(Object record, KnownSettings.Setting setting) {
      boolean nested = setting.property().contains(".openai.");
      String name = setting.property().substring(setting.property().lastIndexOf('.') + 1);
      for (var component : record.getClass().getRecordComponents()) {
        if (nested && component.getType() == OpenAiSettings.class) {
          Object openai = value(record, component);
          return openai == null
              ? ""
              : within(openai, new KnownSettings.Setting(name, String.class));
        }
        if (!nested && component.getName().equalsIgnoreCase(name.replace("-", ""))) {
          Object value = value(record, component);
          return value == null ? "" : value;
        }
      }
      throw new AssertionError(setting);
    }

    private static Object value(Object record, java.lang.reflect.RecordComponent component) {
      try {
        return component.getAccessor().invoke(record);
      } catch (ReflectiveOperationException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }
}
