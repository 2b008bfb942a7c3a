package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.worker.settings.KnownSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {

  @TempDir Path directory;
  private CliHarness cli;

  @BeforeEach
  void open() throws IOException {
    cli = new CliHarness(directory);
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void noCommandShowsHelpAndIsWrongUsage() {
    assertThat(cli.run()).isEqualTo(2);
    assertThat(cli.out()).contains("Usage: ./talkmill COMMAND");
  }

  @Test
  void anUnknownCommandIsRefusedWithTheOneThatWasMeant() {
    assertThat(cli.run("transcibe", "a.mp3")).isEqualTo(2);
    assertThat(cli.err())
        .isEqualTo(
            "talkmill: There is no command \"transcibe\". Did you mean transcribe?"
                + " ./talkmill help lists them.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "transcribe", "serve"})
  void everyCommandAnswersToHelp(String command) {
    assertThat(cli.run(command, "--help")).isZero();
    assertThat(cli.out()).contains("  " + command + " ");
    assertThat(cli.started).isEmpty();
  }

  @Test
  void helpListsEverySetting() {
    assertThat(cli.run("help", "settings")).isZero();
    KnownSettings.all()
        .forEach(setting -> assertThat(cli.out()).contains("  " + setting.variable() + " "));
  }

  @Test
  void keysAreExplained() {
    assertThat(cli.run("key")).isZero();
    assertThat(cli.out()).contains("Authorization: Bearer <key>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "serve"})
  void commandsWithoutFilesRefuseFiles(String command) {
    assertThat(cli.run(command, "a.mp3")).isEqualTo(2);
    assertThat(cli.err())
        .isEqualTo("talkmill: " + command + " takes no files, but was given \"a.mp3\".\n");
  }

  @Test
  void serveRunsUntilItIsToldToStop() throws Exception {
    cli.live = true;
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> cli.run("serve", "--talkmill.http-port=8099"));
    assertThat(cli.running.await(2, TimeUnit.MINUTES)).isTrue();
    assertThat(exit).isNotDone();
    cli.stop.ask();
    assertThat(exit.get(2, TimeUnit.MINUTES)).isZero();
    assertThat(cli.closed).containsExactly("in peace");
    assertThat(cli.started.getFirst().getProperty("talkmill.http-port")).isEqualTo("8099");
    assertThat(cli.out())
        .contains(
            "HTTP door  " + cli.door.uri(),
            "Dashboard  http://localhost:18000",
            "Metrics    http://localhost:19090/actuator/prometheus",
            "API key    " + cli.dataDirectory().resolve("api-key"))
        .endsWith("Stopping: running work gets its time to end.\nStopped.\n")
        .doesNotContain(FakeDoor.KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "serve"})
  void aWorkerThatDoesNotStartIsSaidInOneLine(String command) throws IOException {
    cli.refusal =
        new IllegalStateException(
            "context failed", new IOException("port 8080 is taken\nat somewhere"));
    assertThat(cli.run(command)).isEqualTo(3);
    assertThat(cli.err().lines().toList())
        .singleElement()
        .asString()
        .startsWith("talkmill: The worker did not start: port 8080 is taken. ");
    assertThat(cli.closed).isEmpty();
  }

  @Test
  void afterAFailedStartTheDataIsGone() {
    cli.refusal = new IllegalStateException("no");
    cli.run("demo");
    assertThat(cli.dataDirectory().getParent()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "serve"})
  void aWrongSettingStopsBeforeAnythingStarts(String command) {
    assertThat(cli.run(command, "--talkmill.ledger.attempts-max=0")).isEqualTo(3);
    assertThat(cli.run(command, "--talkmill.ledger.attempt-max=1")).isEqualTo(3);
    assertThat(cli.err())
        .isEqualTo(
            """
            talkmill: talkmill.ledger.attempts-max must be at least 1, but is 0.\
             Set as: talkmill.ledger.attempts-max.
            talkmill: Unknown setting talkmill.ledger.attempt-max. Did you mean talkmill.ledger.attempts-max?
            """);
    assertThat(cli.started).isEmpty();
  }

  @Test
  void aSettingsFileOfTheWorkingDirectoryIsRead() throws IOException {
    Files.writeString(directory.resolve("talkmill.yaml"), "talkmill:\n  drain: never\n");
    assertThat(cli.run("serve")).isEqualTo(3);
    assertThat(cli.err()).contains("talkmill.drain (talkmill.yaml, line 2) must be");
  }

  @Test
  void aSettingsFileCanBeNamed() throws IOException {
    Files.writeString(directory.resolve("my.properties"), "talkmill.drain=7s\n");
    cli.stop.ask();
    assertThat(cli.run("serve", "--settings", "my.properties")).isZero();
    assertThat(cli.started.getFirst().getProperty("talkmill.drain")).isEqualTo("7s");
  }
}
