package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.talkmill.jobs.testing.Await;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What every answer has, and what logs never have. */
class AnswersTest {

  @TempDir static Path directory;
  static Door door;
  static Door.Home home;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
    home = door.home();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @Test
  void aRequestKeepsItsIdAndGetsOneWhereItHasNone() {
    String path = "/v1/projects/" + home.project();
    Client client = home.client();
    assertThat(
            client
                .send(client.request(path).header("X-Request-Id", "abc-1"))
                .header("x-request-id"))
        .isEqualTo("abc-1");
    assertThat(client.get(path).header("x-request-id")).hasSize(36);
    assertThat(
            client
                .send(client.request(path).header("X-Request-Id", "a b<c>"))
                .header("x-request-id"))
        .hasSize(36);
    assertThat(client.get("/v1/none").header("x-request-id")).hasSize(36);
  }

  @Test
  void everyAnswerHasItsSecurityHeadersAndNoneIsForOtherOrigins() {
    Client client = home.client();
    Answer answer =
        client.send(
            client
                .request("/v1/projects/" + home.project())
                .header("Origin", "https://elsewhere.example"));
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("content-security-policy")).contains("default-src 'none'");
    assertThat(answer.header("access-control-allow-origin")).isEmpty();
    assertThat(answer.header("server")).isEmpty();
    Answer preflight =
        client.send(
            client
                .request("/v1/projects")
                .header("Origin", "https://elsewhere.example")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
    assertThat(preflight.header("access-control-allow-origin")).isEmpty();
  }

  @Test
  void logsHoldNeitherQueriesNorKeysNorWords() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.list = new CopyOnWriteArrayList<>(); // Other threads write while this one reads.
    seen.start();
    root.addAppender(seen);
    try {
      String id = home.conversation();
      home.say(id, "canary-words").expect(202);
      home.client().get("/v1/conversations/" + id + "?canary-query=1").expect(200);
      home.client().get("/v1/projects/canary-path?limit=canary-query").problem(400, "invalid_id");
      door.client("canary-key").get("/v1/conversations/" + id).problem(401, "unauthenticated");
      home.client().post("/v1/projects", "{\"canary-field\":1}").problem(400, "unknown_field");
      List<String> lines =
          Await.until(
              () ->
                  List.copyOf(seen.list).stream().map(ILoggingEvent::getFormattedMessage).toList(),
              all ->
                  all.stream().anyMatch(line -> line.contains("POST /v1/projects 400"))
                      && all.stream()
                          .anyMatch(
                              line -> line.startsWith("GET /v1/conversations/" + id + " 200 ")));
      assertThat(lines)
          .noneMatch(line -> line.contains("canary-query"))
          .noneMatch(line -> line.contains("canary-key"))
          .noneMatch(line -> line.contains("canary-words"))
          .noneMatch(line -> line.contains("canary-field"))
          .noneMatch(line -> line.contains(String.valueOf(home.client().key())));
    } finally {
      root.detachAppender(seen);
    }
  }
}
