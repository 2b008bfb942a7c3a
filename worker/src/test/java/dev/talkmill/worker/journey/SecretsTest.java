package dev.talkmill.worker.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.speech.FakeAnswer;
import dev.talkmill.worker.speech.FakeOpenAiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Keys, passwords and URL queries are in no log line, not even with every logger at DEBUG, and in
 * no answer that refuses something; told of a worker as a process, with all that it writes.
 */
class SecretsTest {

  private static final String QUERY = "canary-of-a-query";
  private static final String HEADER = "canary-of-a-header";
  private static final String SPEECH_KEY = "sk-canary-of-the-speech-provider";
  private static final String SUMMARY_KEY = "sk-canary-of-the-summary-provider";
  private static final String PASSWORD = "canary-of-the-dashboard";
  private static final String KEY = "tm_canary-of-the-bootstrap-key";
  private static final String STORE_SECRET = "canary-of-the-store";
  private static final String DATABASE_PASSWORD = "canary-of-the-database";
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path directory;

  /** By what it is. */
  private final Map<String, String> secrets = new HashMap<>();

  /** Bodies of answers that refused something. */
  private final List<String> refusals = new ArrayList<>();

  private ServedWorker worker;

  @Test
  void aWorkerWithItsOwnServersTellsNobody() throws Exception {
    try (FakeOpenAiServer provider = FakeOpenAiServer.start();
        ServedWorker served =
            new ServedWorker(
                directory,
                with(
                    provider,
                    Map.of("TALKMILL_API_KEY", "", "TALKMILL_DASHBOARD_PASSWORD", PASSWORD)))) {
      worker = served.start();
      worker.awaitLine("Talkmill is running");
      Path data = worker.data().root();
      String generated = Files.readString(data.resolve("api-key")).strip();
      Client client = new Client(worker.client().door(), generated);
      String made = key(client);
      secrets.put("the generated key", generated);
      secrets.put("a key that was made", made);
      secrets.put(
          "the database's password", Files.readString(data.resolve("postgres/password")).strip());
      secrets.put(
          "the store's secret", Files.readAllLines(data.resolve("s3/credentials")).getLast());

      askTheDoor(client, made);
      sendWhatCannotBeRead(generated);
      upload(client);
      useTheProvider(client, provider);
      askTheOperatorsPorts();
      assertThat(worker.stop(LIMIT)).isEqualTo(143);
    }
    assertNothingIsTold();
  }

  @Test
  void aWorkerWhoseObjectStoreGoesAwayTellsNobody() throws Exception {
    try (FakeOpenAiServer provider = FakeOpenAiServer.start();
        EmbeddedS3 store = EmbeddedS3.start(directory.resolve("store"), "talkmill");
        TcpProxy wire = TcpProxy.to(store.endpoint().getPort());
        ServedWorker served =
            new ServedWorker(
                directory,
                with(provider, storeSettings(wire.address(), store, store.secretAccessKey())))) {
      worker = served.start();
      secrets.put("the store's secret", store.secretAccessKey());
      wire.cut();
      Client client = new Client(worker.client().door(), KEY);
      String conversation = client.conversation(client.project());
      client.send(conversation, "audio/wav", new SpokenNumbers().say(1).wav());
      client.finish(conversation);
      Await.until(
          () -> client.rows(conversation, "STORE"),
          rows -> rows.stream().anyMatch(row -> row.errorCode().equals("storage_unavailable")),
          LIMIT);
      refused(client.post("/v1/conversations/" + conversation + "/uploads", uploadOf(100)));
      assertThat(worker.stop(LIMIT)).isEqualTo(143);
    }
    assertNothingIsTold();
  }

  @Test
  void aWorkerThatItsObjectStoreRefusesTellsNobody() throws Exception {
    try (FakeOpenAiServer provider = FakeOpenAiServer.start();
        EmbeddedS3 store = EmbeddedS3.start(directory.resolve("store"), "talkmill");
        ServedWorker served =
            new ServedWorker(
                directory, with(provider, storeSettings(store.endpoint(), store, STORE_SECRET)))) {
      worker = served;
      secrets.put("the store's secret", STORE_SECRET);
      assertThat(served.startInVain(LIMIT)).isEqualTo(3);
      assertThat(served.log()).contains("talkmill: The worker did not start:");
    }
    assertNothingIsTold();
  }

  private static Map<String, String> storeSettings(URI endpoint, EmbeddedS3 store, String secret) {
    return Map.of(
        "TALKMILL_API_KEY",
        KEY,
        "TALKMILL_S3_ENDPOINT",
        endpoint.toString(),
        "TALKMILL_S3_ACCESS_KEY_ID",
        store.accessKeyId(),
        "TALKMILL_S3_SECRET_ACCESS_KEY",
        secret);
  }

  @Test
  void aWorkerWhoseDatabaseIsAwayTellsNobody() throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:1/talkmill?user=u&password=" + QUERY;
    try (ServedWorker served =
        new ServedWorker(
            directory,
            Map.of(
                "LOGGING_LEVEL_ROOT", "DEBUG",
                "TALKMILL_API_KEY", KEY,
                "TALKMILL_DATABASE_URL", url,
                "TALKMILL_DATABASE_USERNAME", "talkmill",
                "TALKMILL_DATABASE_PASSWORD", DATABASE_PASSWORD))) {
      worker = served;
      served.launch();
      served.awaitLine("Connection to 127.0.0.1:1 refused");
      served.kill();
      secrets.put("the database's password", DATABASE_PASSWORD);
    }
    assertNothingIsTold();
  }

  static Stream<Map<String, String>> refusedSettings() {
    return Stream.of(
        Map.of("TALKMILL_API_KEY", "short"),
        Map.of("TALKMILL_DATABASE_URL", "nonsense?password=" + QUERY),
        Map.of(
            "TALKMILL_DATABASE_URL",
            "jdbc:mysql://u:" + DATABASE_PASSWORD + "@x/?password=" + QUERY),
        Map.of("TALKMILL_S3_SECRET_ACCESS_KEY", STORE_SECRET),
        Map.of("TALKMILL_S3_ENDPOINT", "http://u:" + STORE_SECRET + "@[x/?" + QUERY),
        Map.of(
            "TALKMILL_SPEECH_PROVIDER",
            "openai",
            "TALKMILL_SPEECH_OPENAI_BASE_URL",
            "ftp://u:" + PASSWORD + "@x/?" + QUERY,
            "TALKMILL_SPEECH_OPENAI_API_KEY",
            SPEECH_KEY),
        Map.of(
            "TALKMILL_SPEECH_PROVIDER", "openai",
            "TALKMILL_SPEECH_OPENAI_BASE_URL", "http://127.0.0.1:1/v1",
            "TALKMILL_SPEECH_OPENAI_MODEL", "m",
            "TALKMILL_SPEECH_OPENAI_API_KEY", SPEECH_KEY + "\u0001"));
  }

  @ParameterizedTest
  @MethodSource("refusedSettings")
  void aSettingThatIsRefusedIsNotQuoted(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("LOGGING_LEVEL_ROOT", "DEBUG");
    try (ServedWorker served = new ServedWorker(directory, all)) {
      worker = served;
      assertThat(served.startInVain(LIMIT)).as(served.log()).isEqualTo(3);
    }
    secrets.put("a key", KEY);
    secrets.put("the database's password", DATABASE_PASSWORD);
    secrets.put("the store's secret", STORE_SECRET);
    secrets.put("the speech provider's key", SPEECH_KEY);
    assertNothingIsTold();
  }

  private Map<String, String> with(FakeOpenAiServer provider, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("LOGGING_LEVEL_ROOT", "DEBUG");
    for (String use : List.of("SPEECH", "SUMMARY")) {
      settings.put("TALKMILL_" + use + "_PROVIDER", "openai");
      settings.put("TALKMILL_" + use + "_OPENAI_BASE_URL", provider.baseUrl().toString());
      settings.put("TALKMILL_" + use + "_OPENAI_MODEL", "a-model");
    }
    settings.put("TALKMILL_SPEECH_OPENAI_API_KEY", SPEECH_KEY);
    settings.put("TALKMILL_SUMMARY_OPENAI_API_KEY", SUMMARY_KEY);
    return settings;
  }

  private static String key(Client client) {
    Map<String, ?> wanted = Map.of("name", "recorder", "scopes", List.of("upload", "read"));
    return client.post("/v1/api-keys", wanted).expect(201).text("key");
  }

  /** Keys that are right, wrong, in the wrong place, and queries and headers besides. */
  private void askTheDoor(Client client, String made) throws IOException {
    String conversation = client.conversation(client.project());
    Client recorder = new Client(client.door(), made);
    assertThat(recorder.get("/v1/conversations/" + conversation + "?token=" + QUERY).status())
        .isEqualTo(200);
    refused(recorder.get("/v1/api-keys?token=" + QUERY));
    refused(recorder.get("/v1/projects/none?token=" + QUERY));
    refused(recorder.get("/v1/conversations/" + conversation + "/transcript?format=" + QUERY));
    refused(recorder.get("/v1/conversations/" + conversation + "/segments?cursor=" + QUERY));
    refused(recorder.get("/v1/conversations/" + conversation + "/segments?limit=" + QUERY));
    refused(client.get("/v1/processing-status?state=" + QUERY));
    refused(client.get("/nothing/here?key=" + made));
    refused(new Client(client.door(), HEADER).get("/v1/projects"));
    String path = "/v1/conversations/" + conversation;
    refused(recorder.sendOnce(recorder.request(path + "/events").header("Last-Event-ID", HEADER)));
    refused(
        recorder.sendOnce(
            recorder
                .chunk(conversation, 1, "text/plain", new byte[] {65}, HEADER + "-".repeat(300))
                .header("Recorded-At", HEADER)));
    refused(
        recorder.sendOnce(
            recorder
                .request(path + "/chunks")
                .header("Content-Type", HEADER + "/" + HEADER)
                .header("Chunk-Sequence", HEADER)
                .POST(BodyPublishers.ofString("A"))));
  }

  /** What the connector and its parsers complain of. */
  private void sendWhatCannotBeRead(String key) throws IOException {
    String host = "Host: localhost\r\nConnection: close\r\n";
    String bearer = "Authorization: Bearer " + key;
    for (String request :
        List.of(
            "GET /v1/projects?token=" + QUERY + "{} HTTP/1.1\r\n" + host + bearer + "\r\n\r\n",
            "GET /v1/projects?token=" + QUERY + " HTTP/1.1\r\n" + host + bearer + "\u0001\r\n\r\n",
            "GET /v1/projects HTTP/1.1\r\n" + host + "Bad Header " + HEADER + ": x\r\n\r\n",
            "GET /v1/projects HTTP/1.1\r\n" + host + HEADER + "\r\n\r\n",
            "GET /v1/projects HTTP/1.1\r\n" + host + "Cookie: a=\"" + HEADER + "; \u00e9=1\r\n\r\n",
            "GET /v1/processing-status?state=%zz"
                + QUERY
                + " HTTP/1.1\r\n"
                + host
                + bearer
                + "\r\n\r\n",
            "GET /v1/processing-status?"
                + QUERY
                + "=%ff%zz&="
                + QUERY
                + " HTTP/1.1\r\n"
                + host
                + bearer
                + "\r\n\r\n",
            "GET /%00?" + QUERY + " HTTP/1.1\r\n" + host + bearer + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b" + HEADER + "\r\n\r\n")) {
      refusals.add(raw(worker.client().door().getPort(), request));
    }
  }

  private static String raw(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Map<String, ?> uploadOf(int bytes) {
    return Map.of("bytes", bytes, "media_type", "audio/wav");
  }

  /** With addresses that are signed, one of them spoilt. */
  private void upload(Client client) throws Exception {
    String conversation = client.conversation(client.project());
    byte[] file = new SpokenNumbers().say(1).wav();
    JsonNode upload =
        client
            .post("/v1/conversations/" + conversation + "/uploads", uploadOf(file.length))
            .expect(201)
            .json();
    String address = upload.get("parts").get(0).get("url").asString();
    Stream.of(URI.create(address).getRawQuery().split("&"))
        .map(parameter -> parameter.split("=", 2))
        .filter(parameter -> parameter[0].matches("(?i)X-Amz-(Signature|Credential)"))
        .forEach(parameter -> secrets.put(parameter[0] + " of an address", parameter[1]));
    assertThat(secrets).containsKey("X-Amz-Signature of an address");
    URI spoilt = URI.create(address.replace("X-Amz-Signature=", "X-Amz-Signature=0"));
    assertThat(
            HTTP.send(
                    HttpRequest.newBuilder(spoilt).PUT(BodyPublishers.ofByteArray(file)).build(),
                    BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(403);
    String complete = "/v1/uploads/" + upload.get("id").asString() + "/complete";
    refused(client.post(complete, Map.of()));
    Client.put(URI.create(address), file);
    client.post(complete, Map.of()).expect(202);
    client.finish(conversation);
    client.settled(conversation);
  }

  /** A provider that repeats what it was sent, in every place where it may say something. */
  private void useTheProvider(Client client, FakeOpenAiServer provider) {
    secrets.put("the speech provider's key", SPEECH_KEY);
    secrets.put("the summary provider's key", SUMMARY_KEY);
    for (String key : List.of(SPEECH_KEY, SUMMARY_KEY)) {
      FakeAnswer echo = FakeAnswer.error(400, key, key).header("x-request-id", key);
      if (key.equals(SPEECH_KEY)) {
        provider.transcribeWith(echo);
      } else {
        provider.transcribeWith(SpokenNumbers::recognize);
        provider.chatWith(echo);
      }
      String conversation = client.conversation(client.project());
      client.send(conversation, "audio/wav", new SpokenNumbers().say(1).say(2).wav());
      client.finish(conversation);
      client.settled(conversation);
      List<Client.Row> failed =
          client.rows(conversation).stream().filter(row -> row.state().equals("FAILED")).toList();
      assertThat(failed).extracting(Client.Row::errorCode).contains("provider_rejected");
      refusals.add(client.get("/v1/processing-status?state=FAILED").expect(200).body());
    }
    assertThat(provider.received())
        .extracting(request -> request.headers().get("authorization"))
        .contains("Bearer " + SPEECH_KEY, "Bearer " + SUMMARY_KEY);
  }

  private void askTheOperatorsPorts() throws Exception {
    secrets.put("the dashboard's password", PASSWORD);
    for (String path : List.of("/actuator/health?token=", "/actuator/none?token=")) {
      refusals.add(ask(worker.management().resolve(path + QUERY), "GET", Map.of()));
    }
    String right = basic("admin:" + PASSWORD);
    String wrong = basic("admin:" + HEADER);
    for (String method : List.of("GET", "POST", "DELETE", "PATCH")) {
      for (String login : List.of(right, wrong)) {
        URI page = worker.dashboard().resolve("/api/jobs?token=" + QUERY);
        refusals.add(ask(page, method, Map.of("Authorization", login)));
        refusals.add(
            ask(page, method, Map.of("Authorization", login, "Origin", "http://" + HEADER)));
      }
    }
    refusals.add(raw(worker.dashboard().getPort(), "GET /{" + QUERY + " HTTP/1.1\r\n\r\n"));
  }

  private String basic(String pair) {
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    secrets.put("a login", encoded);
    return "Basic " + encoded;
  }

  private static String ask(URI address, String method, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).method(method, BodyPublishers.noBody()).timeout(LIMIT);
    headers.forEach(request::header);
    return HTTP.send(request.build(), BodyHandlers.ofString()).body();
  }

  private void refused(Client.Answer answer) {
    assertThat(answer.status()).as(answer.body()).isGreaterThanOrEqualTo(400);
    refusals.add(answer.body());
  }

  private void assertNothingIsTold() {
    secrets.put("a query", QUERY);
    secrets.put("a header", HEADER);
    secrets.put("the dashboard's password", PASSWORD);
    assertThat(worker.log()).isNotEmpty();
    List<String> told = new ArrayList<>();
    worker.log().lines().forEach(line -> told.addAll(toldBy("line", line)));
    refusals.forEach(refusal -> told.addAll(toldBy("answer", refusal)));
    assertThat(told).isEmpty();
  }

  private List<String> toldBy(String kind, String text) {
    return secrets.entrySet().stream()
        .filter(secret ->
            text.contains(secret.getValue())
                || text.contains(URLEncoder.encode(secret.getValue(), StandardCharsets.UTF_8)))
        .map(secret -> secret.getKey() + " is told by the " + kind + " " + shortened(text))
        .toList();
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), 500));
  }
}
