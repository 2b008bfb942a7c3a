package dev.talkmill.worker.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.status.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.logging.LogFile;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class LogLinesTest {

  private final PrintStream out = System.out;
  private final Properties properties = (Properties) System.getProperties().clone();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private LoggingSystem system;

  @AfterEach
  void restore() {
    MDC.clear();
    System.setProperties(properties); // The logging system hands its settings over in them.
    if (system != null) {
      system.cleanUp();
      system.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
    }
    System.setOut(out);
  }

  @Test
  void whereACollectorReadsEveryLineIsAnObjectWithItsIds() {
    start("false", Map.of());
    putContext();
    LoggerFactory.getLogger("dev.talkmill.jobs.queue.Endings").warn("SUMMARIZE failed: a\nb");

    JsonNode line = new ObjectMapper().readTree(lines());
    assertThat(line.get("message").asString()).isEqualTo("SUMMARIZE failed: a\nb");
    assertThat(line.get("conversation").asString()).isEqualTo("conv-1");
    assertThat(line.get("subject").asString()).isEqualTo("subj-1");
    assertThat(line.get("stage").asString()).isEqualTo("SUMMARIZE");
    assertThat(line.get("attempt").asString()).isEqualTo("2");
    assertThat(line.get("epoch").asString()).isEqualTo("7");
  }

  @Test
  void onATerminalALineIsForPeople() {
    start("true", Map.of());
    LoggerFactory.getLogger("dev.talkmill.jobs.queue.Endings").info("about nothing");
    putContext();
    LoggerFactory.getLogger("dev.talkmill.jobs.queue.Endings").warn("about a row");

    assertThat(lines().lines().toList())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO +Endings +about nothing"),
            line ->
                assertThat(line)
                    .endsWith(
                        "about a row [SUMMARIZE conversation=conv-1 subject=subj-1 attempt=2"
                            + " epoch=7]"));
  }

  @Test
  void aFormatThatIsSetIsUsedOnATerminalToo() {
    start("true", Map.of("logging.structured.format.console", "logstash"));
    LoggerFactory.getLogger("dev.talkmill.x").info("hello");
    assertThat(new ObjectMapper().readTree(lines()).get("@version").asString()).isEqualTo("1");
  }

  @Test
  void aSilentConsoleLeavesTheFileToSpeak(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("worker.log");
    start(
        "false", Map.of("logging.file.name", file.toString(), "logging.threshold.console", "off"));
    LoggerFactory.getLogger("dev.talkmill.x").info("into the file");
    assertThat(lines()).isEmpty();
    assertThat(Files.readString(file)).contains("INFO").contains("into the file");
  }

  @Test
  void theConfigurationIsFreeOfWarnings() {
    start("false", Map.of());
    assertThat(
            ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getStatusManager()
                .getCopyOfStatusList())
        .filteredOn(status -> status.getLevel() > Status.INFO)
        .isEmpty();
  }

  @Test
  void loudLibrariesAreQuiet() {
    start("false", Map.of("logging.level.root", "DEBUG"));
    for (String loud :
        new String[] {
          "org.apache.hc.client5.http.wire",
          "software.amazon.awssdk.request",
          "org.springframework.jdbc.core.JdbcTemplate",
          "org.gaul.s3proxy.S3ProxyHandler",
          "com.sun.net.httpserver"
        }) {
      LoggerFactory.getLogger(loud).debug("canary");
    }
    LoggerFactory.getLogger("edu.cmu.sphinx.decoder").error("canary");
    for (String chatty :
        new String[] {
          "org.flywaydb.core.FlywayExecutor",
          "org.gaul.shaded.org.eclipse.jetty.server.Server",
          "org.jobrunr.server.BackgroundJobServer",
          "org.springframework.boot.tomcat.TomcatWebServer",
          "org.apache.coyote.http11.Http11Processor",
          "org.apache.tomcat.util.http.Parameters"
        }) {
      LoggerFactory.getLogger(chatty).info("canary");
    }
    LoggerFactory.getLogger("org.jobrunr.jobs.filters.JobPerformingFilters").warn("canary");
    assertThat(lines()).doesNotContain("canary");
  }

  @Test
  void whatJobRunrSaysOfAForeignFailureStays() {
    start("true", Map.of());
    LoggerFactory.getLogger("org.jobrunr.server.BackgroundJobPerformer")
        .error("Job failed: {}", "why", new IllegalStateException("unknown to us"));
    assertThat(lines()).contains("Job failed: why").contains("unknown to us");
  }

  private void start(String terminal, Map<String, Object> settings) {
    System.setProperty("talkmill.cli.tty.out", terminal);
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
    system = LoggingSystem.get(getClass().getClassLoader());
    system.cleanUp();
    system.beforeInitialize();
    LogFile file = LogFile.get(environment);
    system.getSystemProperties(environment).apply(file);
    system.initialize(
        new LoggingInitializationContext(environment), "classpath:logback-spring.xml", file);
    if (settings.containsKey("logging.level.root")) {
      system.setLogLevel(null, org.springframework.boot.logging.LogLevel.DEBUG);
    }
    written.reset();
  }

  private String lines() {
    return written.toString(StandardCharsets.UTF_8).strip();
  }

  private static void putContext() {
    MDC.put("conversation", "conv-1");
    MDC.put("subject", "subj-1");
    MDC.put("stage", "SUMMARIZE");
    MDC.put("attempt", "2");
    MDC.put("epoch", "7");
  }
}
