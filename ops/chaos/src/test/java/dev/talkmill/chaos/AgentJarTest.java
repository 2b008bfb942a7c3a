package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own with the agent in it. */
@Timeout(60)
class AgentJarTest {

  private static final Pattern SPACE = Pattern.compile(" ");
  private static final long STEP_MILLIS = 120_000;
  private static final long TOLERATED_MILLIS = 50_000;

  @TempDir Path directory;
  private Process process;

  @AfterEach
  void end() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoeverAsksForTheTimeHearsOfTheStepAndOfItsEnd() throws IOException {
    Path ahead = Files.writeString(directory.resolve("ahead"), "0");
    Path jar = AgentJar.write(directory.resolve("agent.jar"));
    Path clock = AgentJar.writeClock(directory.resolve("clock.jar"));
    process =
        new ProcessBuilder(
                List.of(
                    WorkerCommand.java(),
                    "-javaagent:%s=clock,%s,%s".formatted(jar, ahead, clock),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Telltale.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      awaitStep(said, 0);
      Files.writeString(ahead, Long.toString(-STEP_MILLIS));
      awaitStep(said, -STEP_MILLIS);
      Files.writeString(ahead, "0");
      awaitStep(said, 0);
    }
  }

  /** Asks until all clocks are off by that; the test's own limit ends it. */
  private void awaitStep(BufferedReader said, long millis) throws IOException {
    List<Long> off;
    do {
      assertThat(Thread.interrupted()).as("the time is up").isFalse();
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      long now = System.currentTimeMillis();
      off =
          SPACE
              .splitAsStream(said.readLine())
              .map(word -> Long.parseLong(word) - now - millis)
              .toList();
    } while (off.stream().anyMatch(each -> Math.abs(each) > TOLERATED_MILLIS));
    assertThat(off).hasSize(3);
  }
}
