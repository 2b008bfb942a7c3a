package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.worker.embedded.EmbeddedPostgres;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.speech.FakeOpenAiServer;
import dev.talkmill.worker.speech.FakeOpenAiServer.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A worker in which nothing is as by default: database, store and providers are elsewhere, and the
 * limits are others. What is seen from outside of it shows that each of these settings acts.
 */
class UnusualSettingsTest {

  private static final String PASSWORD = "the password of the dashboard";

  /** Seconds; a part may have the overlap of a cut besides. */
  private static final int PART_SECONDS = 2;

  @TempDir static Path directory;
  private static EmbeddedPostgres database;
  private static EmbeddedS3 store;
  private static FakeOpenAiServer speech;
  private static FakeOpenAiServer chat;
  private static List<Integer> ports;
  private static WorkerUnderTest worker;
  private static Client client;
  private static String project;

  @BeforeAll
  static void open() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    database = EmbeddedPostgres.start(elsewhere.resolve("postgres"));
    store = EmbeddedS3.start(elsewhere.resolve("s3"), "recordings");
    speech = FakeOpenAiServer.start().transcribeWith(SpokenNumbers::recognize);
    chat = FakeOpenAiServer.start();
    ports = freePorts(3);
    worker = WorkerUnderTest.start(directory, settings());
    client = worker.client();
    project = client.project();
  }

  private static Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("talkmill.http-port", ports.get(0).toString()),
        Map.entry("talkmill.management-port", ports.get(1).toString()),
        Map.entry("talkmill.dashboard-port", ports.get(2).toString()),
        Map.entry("talkmill.dashboard-password", PASSWORD),
        Map.entry("talkmill.database.url", database.jdbcUrl()),
        Map.entry("talkmill.database.username", database.username()),
        Map.entry("talkmill.database.password", database.password()),
        Map.entry("talkmill.s3.endpoint", store.endpoint().toString()),
        Map.entry("talkmill.s3.public-endpoint", "http://localhost:" + store.endpoint().getPort()),
        Map.entry("talkmill.s3.bucket", "recordings"),
        Map.entry("talkmill.s3.access-key-id", store.accessKeyId()),
        Map.entry("talkmill.s3.secret-access-key", store.secretAccessKey()),
        Map.entry("talkmill.speech.provider", "openai"),
        Map.entry("talkmill.speech.openai.base-url", speech.baseUrl().toString()),
        Map.entry("talkmill.speech.openai.api-key", "key-of-speech"),
        Map.entry("talkmill.speech.openai.model", "whistles"),
        Map.entry("talkmill.speech.timeout-base", "1000s"),
        Map.entry("talkmill.speech.timeout-per-second", "100s"),
        Map.entry("talkmill.summary.provider", "openai"),
        Map.entry("talkmill.summary.openai.base-url", chat.baseUrl().toString()),
        Map.entry("talkmill.summary.openai.api-key", "key-of-summaries"),
        Map.entry("talkmill.summary.openai.model", "minutes"),
        Map.entry("talkmill.summary.context-tokens", "1000"),
        Map.entry("talkmill.summary.timeout", "5000s"),
        Map.entry("talkmill.audio.split-after", "4s"),
        Map.entry("talkmill.audio.part-length", PART_SECONDS + "s"),
        Map.entry("talkmill.audio.length-max", "20s"),
        Map.entry("talkmill.intake.spool-bytes-max", "1500000B"),
        Map.entry("talkmill.intake.upload-bytes-max", "3000000B"),
        Map.entry("talkmill.intake.upload-validity", "2h"));
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> free = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return free;
  }

  @AfterAll
  static void close() throws IOException {
    worker.close();
    chat.close();
    speech.close();
    store.close();
    database.close();
  }

  private static int status(String address, String authorization)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).header("Authorization", authorization).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    }
  }

  private static String basic(String password) {
    byte[] login = ("admin:" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(login);
  }

  @Test
  void eachPartListensAtItsOwnPortWithItsOwnKey() throws Exception {
    String door = "http://127.0.0.1:" + ports.get(0) + "/v1/api-keys";
    assertThat(status(door, "Bearer " + ServedWorker.KEY)).isEqualTo(200);
    assertThat(status(door, "Bearer another-key-of-many-characters")).isEqualTo(401);
    String health = "http://127.0.0.1:" + ports.get(1) + "/actuator/health/liveness";
    assertThat(status(health, "none")).isEqualTo(200);
    String dashboard = "http://127.0.0.1:" + ports.get(2) + "/dashboard";
    assertThat(status(dashboard, basic(PASSWORD))).isEqualTo(200);
    assertThat(status(dashboard, basic(ServedWorker.KEY))).isEqualTo(401);
  }

  @Test
  void whatIsElsewhereIsNotStartedHereAsWell() {
    Path data = directory.resolve("data");
    assertThat(data.resolve("scratch")).isDirectory();
    assertThat(data.resolve("postgres")).doesNotExist();
    assertThat(data.resolve("s3")).doesNotExist();
  }

  @Test
  void aRecordingGoesThroughDatabaseStoreAndProvidersElsewhere() throws IOException {
    SpokenNumbers spoken = new SpokenNumbers();
    for (int number = 0; number < 40; number++) {
      spoken.say(number);
      if (number % 8 == 7) {
        spoken.pause(0.5);
      }
    }
    String conversation = client.conversation(project);
    client.send(conversation, 0, "audio/wav", spoken.wav());
    client.send(conversation, 1, "audio/wav", new SpokenNumbers().say(50).say(51).wav());
    for (int line = 0; line < 8; line++) {
      client.write(conversation, "The boats of the harbour. ".repeat(40));
    }
    client.finish(conversation);

    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("outcome").asString()).isEqualTo("ok");
    assertThat(settled.get("summary").asString()).isEqualTo("They met.");
    assertThat(client.text(conversation)).contains("w0", "w39", "w50 w51");
    assertThat(objects(conversation)).isNotEmpty();
    assertHeardInParts();
    assertSummarisedInParts();
    assertCallsHaveTheirLimits(conversation);
  }

  /** Objects of the bucket that the settings name. */
  private static List<String> objects(String conversation) throws IOException {
    Path bucket = directory.resolve("elsewhere/s3/objects/recordings");
    try (Stream<Path> files = Files.walk(bucket)) {
      return files.map(Path::toString).filter(file -> file.contains(conversation)).toList();
    }
  }

  private static void assertHeardInParts() {
    assertThat(speech.received())
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(request -> {
          assertThat(request.headers()).containsEntry("authorization", "Bearer key-of-speech");
          assertThat(request.form("model")).containsExactly("whistles");
          assertThat(seconds(request)).isLessThan(PART_SECONDS + 1);
        });
  }

  private static double seconds(Received request) {
    return (request.file().length - 44) / 32_000.0;
  }

  private static void assertSummarisedInParts() {
    assertThat(chat.received())
        .hasSizeGreaterThan(2)
        .allSatisfy(request -> {
          assertThat(request.headers()).containsEntry("authorization", "Bearer key-of-summaries");
          assertThat(request.text()).contains("\"minutes\"");
        });
  }

  /** What was noted before each call, to 10 s: its limit without what its audio adds. */
  private static void assertCallsHaveTheirLimits(String conversation) {
    assertThat(
            elsewhere()
                .ask(
                    """
                    SELECT DISTINCT
                      model || ' ' || 10 * round((extract(epoch FROM deadline - started_at)
                                                  - CAST(100 * seconds AS numeric)) / 10)
                    FROM provider_call WHERE conversation_id = CAST(? AS uuid)
                    """,
                    conversation))
        .containsExactlyInAnyOrder("whistles 1000", "minutes 5000");
    assertThat(
            elsewhere()
                .count(
                    """
                    SELECT count(DISTINCT round(seconds)) FROM provider_call
                    WHERE conversation_id = CAST(? AS uuid) AND model = 'whistles'
                    """,
                    conversation))
        .as("calls on audio of different lengths")
        .isGreaterThan(1);
  }

  private static DataDirectory elsewhere() {
    return new DataDirectory(directory.resolve("elsewhere"));
  }

  @Test
  void aRecordingThatIsTooLongIsRefused() {
    String conversation = client.conversation(project);
    client.send(conversation, "audio/wav", new SpokenNumbers().say(1).pause(21).wav());
    client.finish(conversation);
    JsonNode settled = client.settled(conversation);
    assertThat(settled.get("gaps").get(0).get("cause").asString()).isEqualTo("too_long");
  }

  @Test
  void aSpoolOfItsOwnSizeIsFullEarlier() throws IOException {
    String conversation = client.conversation(project);
    Client.Answer full =
        client.sendOnce(client.chunk(conversation, 0, "audio/wav", new byte[1_600_000], "k"));
    assertThat(full.expect(503).text("code")).isEqualTo("spool_full");
  }

  @Test
  void anUploadHasTheLimitsAndTheAddressThatAreSet() throws Exception {
    String uploads = "/v1/conversations/" + client.conversation(project) + "/uploads";
    Client.Answer refused = client.post(uploads, Map.of("bytes", 3_000_001));
    assertThat(refused.expect(413).text("code")).isEqualTo("upload_too_large");

    byte[] file = new SpokenNumbers().say(7).wav();
    JsonNode upload =
        client
            .post(uploads, Map.of("bytes", file.length, "media_type", "audio/wav"))
            .expect(201)
            .json();
    assertThat(
            elsewhere()
                .ask(
                    """
                    SELECT round(extract(epoch FROM expires_at - created_at) / 60) FROM upload
                    WHERE id = CAST(? AS uuid)
                    """,
                    upload.get("id").asString()))
        .containsExactly("120");
    URI part = URI.create(upload.get("parts").get(0).get("url").asString());
    assertThat(part.getAuthority()).isEqualTo("localhost:" + store.endpoint().getPort());
    assertThat(part.getQuery()).contains("X-Amz-Expires=7200");
    Client.put(part, file);
    client.post("/v1/uploads/" + upload.get("id").asString() + "/complete", Map.of()).expect(202);
  }
}
