package dev.talkmill.jobs.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker process is killed -9 ten times while texts are accepted in another one. Every text that
 * was acknowledged is in the transcript of its conversation, once, and every conversation ends.
 */
class KillTest {

  private static final int KILLS = 10;
  private static final int CONVERSATIONS = 20;
  private static final int TEXTS = 200;

  /** Rows that a process begins before it is killed: a kill that hits no work proves nothing. */
  private static final int STARTS_BEFORE_KILL = 4;

  private static final String QUIET =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>
        </appender>
        <root level="WARN"><appender-ref ref="out"/></root>
      </configuration>
      """;

  @TempDir private Path scratch;

  @Test
  void nothingThatWasAcknowledgedIsLostOrDoubledThroughTenKills() throws Exception {
    try (TestDatabase database = TestDatabase.fresh();
        WakeUp wakeUp = new WakeUp(Pools.owner(database.address()))) {
      wakeUp.start();
      Bench bench = new Bench(database, database.database(), TestWorker.settings(), wakeUp);
      List<UUID> conversations = new ArrayList<>();
      for (int i = 0; i < CONVERSATIONS; i++) {
        conversations.add(bench.conversation());
      }
      Map<UUID, List<String>> acknowledged = new HashMap<>();
      Process victim = victim(database, 0);
      int kills = 0;
      for (int text = 0; text < TEXTS; text++) {
        UUID conversation = conversations.get(text % CONVERSATIONS);
        String words = "text-%03d".formatted(text);
        bench.write(conversation, words);
        acknowledged.computeIfAbsent(conversation, any -> new ArrayList<>()).add(words);
        bench.finish(conversation);
        if (text % (TEXTS / KILLS) == TEXTS / KILLS - 1) {
          killAtWork(bench, victim);
          victim = victim(database, ++kills);
        }
      }
      assertThat(kills).isEqualTo(KILLS);
      for (UUID conversation : conversations) {
        assertWhole(bench, conversation, acknowledged.get(conversation));
      }
      victim.destroyForcibly().waitFor();
      assertThat(number(bench, "stage.returned")).as("rows taken back from the dead").isPositive();
    }
  }

  /** Each text is at exactly one place of the current transcript and in the summary. */
  private static void assertWhole(Bench bench, UUID conversation, List<String> texts) {
    Seen.Conversation settled =
        Await.until(
            () -> bench.seen().conversation(conversation),
            seen -> seen.outcome() != null && seen.summaryGeneration() == seen.generation());
    String joined =
        bench.one(
            """
            SELECT string_agg(s.text, ' | ' ORDER BY s.ordinal)
            FROM transcript t
            JOIN conversation_segment s USING (tenant_id, conversation_id, version)
            WHERE t.tenant_id = ? AND t.conversation_id = ? AND t.is_current
            """,
            String.class,
            conversation);
    assertThat(joined).isEqualTo(String.join(" | ", texts));
    assertThat(settled.outcome()).isEqualTo("ok");
    assertThat(settled.summary()).isEqualTo("Summary of " + joined);
    assertThat(bench.seen().rows(conversation)).allMatch(row -> row.state().equals("COMPLETED"));
  }

  private static void killAtWork(Bench bench, Process victim) throws InterruptedException {
    int before = number(bench, "stage.started");
    Await.until(
        () -> number(bench, "stage.started"), started -> started >= before + STARTS_BEFORE_KILL);
    // Whoever is killed alone three times is condemned, and rightly: not what is shown here.
    Await.until(() -> suspects(bench), suspects -> suspects == 0);
    victim.destroyForcibly();
    assertThat(victim.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(victim.exitValue()).isEqualTo(128 + 9);
  }

  private static int number(Bench bench, String event) {
    return bench.one(
        "SELECT count(*) FROM processing_event WHERE tenant_id = ? AND event = '%s' AND ? IS NOT NULL"
            .formatted(event),
        Integer.class,
        bench.home().project());
  }

  private static int suspects(Bench bench) {
    return bench.one(
        """
        SELECT count(*) FROM processing_status
        WHERE tenant_id = ? AND project_id = ? AND state = 'PROCESSING' AND crash_count > 2
        """,
        Integer.class,
        bench.home().project());
  }

  private Process victim(TestDatabase database, int number) throws IOException {
    Path quiet = Files.writeString(scratch.resolve("logback.xml"), QUIET);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dlogback.configurationFile=" + quiet,
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(scratch.resolve("victim-" + number + ".log").toFile())
            .start();
    DataOutputStream address = new DataOutputStream(process.getOutputStream());
    address.writeUTF(database.address().url());
    address.writeUTF(database.address().username());
    address.writeUTF(database.address().password());
    address.flush();
    return process;
  }
}
