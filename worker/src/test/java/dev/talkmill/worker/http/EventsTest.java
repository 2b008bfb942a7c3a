package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.read.EventReads.Position;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

@Timeout(600)
class EventsTest {

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

  record Event(String id, String event, String data) {}

  /** A stream that is read line by line; closing it hangs up. */
  static final class Stream implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    Stream(String conversation, @Nullable String lastEventId) throws Exception {
      this(home.client(), conversation, lastEventId);
    }

    Stream(Client client, String conversation, @Nullable String lastEventId) throws Exception {
      HttpRequest.Builder request = client.request("/v1/conversations/" + conversation + "/events");
      if (lastEventId != null) {
        request.header("Last-Event-ID", lastEventId);
      }
      response = http.send(request.build(), BodyHandlers.ofInputStream());
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    Event next() throws IOException {
      String id = "";
      String event = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && !id.isEmpty()) {
          return new Event(id, event, data);
        }
      }
      throw new AssertionError("the stream has ended");
    }

    @Override
    public void close() throws IOException {
      response.body().close();
      http.shutdownNow();
    }
  }

  @Test
  void eventsComeInOrderAndResumeAfterTheLastOneSeen() throws Exception {
    String id = home.conversation();
    List<Event> seen = new ArrayList<>();
    try (Stream stream = new Stream(id, null)) {
      assertThat(stream.response.headers().firstValue("content-type").orElse(""))
          .startsWith("text/event-stream");
      for (int index = 0; index < 5; index++) {
        home.say(id, "text " + index).expect(202);
        seen.add(stream.next());
      }
    }
    assertThat(seen).extracting(Event::event).containsOnly("stage.completed");
    assertThat(JsonMapper.shared().readTree(seen.getFirst().data()).get("stage").asString())
        .isEqualTo("TRANSCRIBE");

    home.say(id, "while nobody listened").expect(202);
    try (Stream stream = new Stream(id, seen.get(2).id())) {
      assertThat(stream.next()).isEqualTo(seen.get(3));
      assertThat(stream.next()).isEqualTo(seen.get(4));
      assertThat(seen).doesNotContain(stream.next());
    }
    try (Stream stream = new Stream(id, null)) {
      assertThat(stream.next()).isEqualTo(seen.getFirst());
    }
  }

  @Test
  void anEventThatIsCommittedLateIsNotMissed() throws Exception {
    String early = home.conversation();
    UUID conversation = UUID.fromString(early);
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    Thread late =
        Thread.ofVirtual()
            .start(() ->
                door.core
                    .database()
                    .inTenant(
                        home.tenant(),
                        () -> {
                          door.core
                              .database()
                              .sql()
                              .sql(
                                  """
                                  INSERT INTO processing_event
                                    (tenant_id, conversation_id, status_id, event, data)
                                  VALUES (?, ?, ?, 'stage.late', '{}')
                                  """)
                              .params(home.tenant(), conversation, conversation)
                              .update();
                          written.countDown();
                          await(commit);
                          return true;
                        }));
    written.await();
    home.say(early, "overtakes").expect(202);
    try (Stream stream = new Stream(early, null)) {
      commit.countDown();
      late.join();
      assertThat(stream.next().event()).isEqualTo("stage.late");
      assertThat(stream.next().event()).isEqualTo("stage.completed");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anIdThatIsNoneIsRefused() {
    String id = home.conversation();
    for (String bad : new String[] {"x", "1", "1-", "-1", "1-x", "99999999999999999999999-1"}) {
      home.client()
          .send(
              home.client()
                  .request("/v1/conversations/" + id + "/events")
                  .header("Last-Event-ID", bad))
          .problem(400, "invalid_header");
    }
  }

  @Test
  void askingForTheHeadersOpensNoStream() {
    String id = home.conversation();
    Client client = home.client();
    for (int times = 0; times < 25; times++) {
      client
          .send(
              client
                  .request("/v1/conversations/" + id + "/events")
                  .method("HEAD", BodyPublishers.noBody()))
          .expect(200);
    }
  }

  @Test
  void aStreamBeatsWhileNothingHappensAndEndsWhenItsKeyDoes() throws Exception {
    AtomicLong nanos = new AtomicLong();
    AtomicInteger asked = new AtomicInteger();
    EventStream stream =
        new EventStream(
            position -> List.of(),
            () -> asked.incrementAndGet() < 3,
            time -> false,
            () -> nanos.addAndGet(Duration.ofSeconds(8).toNanos()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    stream.stream(out, Position.START, Long.MAX_VALUE);

    assertThat(asked).hasValue(3);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("retry: 2000\n: connected\n\n: heartbeat\n\n: heartbeat\n\n");
  }

  @Test
  void aServerThatShutsDownEndsItsStreams(@TempDir Path own) throws Exception {
    Door closing = Door.open(own);
    Door.Home there = closing.home();
    try (Stream stream = new Stream(there.client(), there.conversation(), null)) {
      Thread closer = Thread.ofVirtual().start(closing::close);
      while (stream.lines.readLine() != null) {
        // What comes before the end does not matter.
      }
      closer.join();
    }
  }

  @Test
  void aKeyMayHoldSoManyStreamsAndNoMore() {
    EventStreams streams = door.context.getBean(EventStreams.class);
    UUID key = UUID.randomUUID();
    for (int held = 0; held < 20; held++) {
      streams.enter(key);
    }
    assertThatThrownBy(() -> streams.enter(key))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.code()).isEqualTo(ProblemCode.TOO_MANY_STREAMS));
    streams.enter(UUID.randomUUID());
  }
}
