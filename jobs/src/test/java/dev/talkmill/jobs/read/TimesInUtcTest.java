package dev.talkmill.jobs.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TimesInUtcTest {

  private static final Pattern TIME = Pattern.compile("\"([a-z_]+_at)\": *\"([^\"]*)\"");

  private static TestDatabase database;
  private static Bench bench;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    bench = new Bench(database);
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void aRowAndItsEventsTellTimesInUtcWhateverTheZoneOfTheSession() {
    UUID conversation = bench.conversation();
    inKathmandu(() -> bench.chunk(conversation));
    inKathmandu(() ->
        sql(
            "UPDATE processing_status SET state = 'PROCESSING', started_at = next_attempt_at,"
                + " lease_until = next_attempt_at WHERE conversation_id = ?",
            conversation));
    inKathmandu(() ->
        sql(
            "UPDATE processing_status SET state = 'COMPLETED', outcome = 'ok', lease_until = NULL,"
                + " finished_at = started_at WHERE conversation_id = ?",
            conversation));
    Instant due =
        database
            .database()
            .inSystem(() ->
                database
                    .database()
                    .sql()
                    .sql("SELECT next_attempt_at FROM processing_status WHERE conversation_id = ?")
                    .param(conversation)
                    .query(java.time.OffsetDateTime.class)
                    .single()
                    .toInstant());

    List<String> rows =
        inKathmandu(() ->
            new LedgerReads(database.database(), Map.of())
                .ofConversation(bench.home().tenant(), conversation, null, 10).stream()
                    .map(LedgerReads.StatusView::json)
                    .toList());
    assertThat(times(rows)).containsExactly("started_at " + due, "finished_at " + due);
    List<String> events =
        new EventReads(database.database())
            .after(bench.home().tenant(), conversation, EventReads.Position.START, 10).stream()
                .map(EventReads.StoredEvent::json)
                .toList();
    assertThat(times(events))
        .containsExactly(
            "next_attempt_at " + due,
            "started_at " + due,
            "started_at " + due,
            "finished_at " + due);
  }

  private static int sql(String statement, UUID conversation) {
    return database.database().sql().sql(statement).param(conversation).update();
  }

  private static <T> T inKathmandu(Supplier<T> work) {
    return database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> {
              database.database().sql().sql("SET LOCAL TIME ZONE 'Asia/Kathmandu'").update();
              return work.get();
            });
  }

  /** Names and values of times, those that are null left out, as they stand in the text. */
  private static List<String> times(List<String> json) {
    List<String> times = new ArrayList<>();
    for (String text : json) {
      Matcher time = TIME.matcher(text);
      while (time.find()) {
        assertThat(time.group(2)).endsWith("Z");
        times.add(time.group(1) + " " + Instant.parse(time.group(2)));
      }
    }
    return times;
  }
}
