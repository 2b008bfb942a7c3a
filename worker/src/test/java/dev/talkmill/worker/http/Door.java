package dev.talkmill.worker.http;

import dev.talkmill.config.StorageSettings;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.tenant.BootstrapKey;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.s3.S3ObjectStore;
import dev.talkmill.worker.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The door on a free port over a real database and a real object store. */
final class Door implements AutoCloseable {

  static final String KEY = "a-bootstrap-key-that-a-user-chose";
  static final int CHUNK_BYTES_MAX = 100_000;
  static final int TEXT_CHARS_MAX = 1_000;

  final TestDatabase database;
  final Core core;
  final EmbeddedS3 s3;
  final S3ObjectStore store;
  final Path dataDir;
  final AtomicReference<PlayableAudio.Answer> audio =
      new AtomicReference<>(new PlayableAudio.Answer.NoAudio());
  final ConfigurableApplicationContext context;
  private @Nullable TestWorker worker;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(HttpConfiguration.class)
  static class Wiring {}

  private Door(Path directory, Map<String, Object> more) {
    dataDir = directory.resolve("data");
    Settings settings = settings(dataDir, more);
    database = TestDatabase.fresh();
    core =
        Core.over(
            database.database(),
            TestWorker.settings(),
            settings.intake().spoolBytesMax().toBytes(),
            Clock.systemUTC(),
            nobody());
    s3 = EmbeddedS3.start(directory.resolve("s3"), "talkmill");
    store = S3ObjectStore.of(storage(), s3.endpoint(), s3.accessKeyId(), s3.secretAccessKey());
    new BootstrapKey(database.database()).ensure(KEY);
    SpringApplication application = new SpringApplication(Wiring.class);
    application.setBannerMode(Banner.Mode.OFF);
    application.setRegisterShutdownHook(false);
    application.setDefaultProperties(
        Map.of(
            "server.port", 0,
            "management.server.port", 0,
            "server.shutdown", "graceful",
            "spring.jmx.enabled", "false",
            "spring.threads.virtual.enabled", "true"));
    application.addInitializers(starting -> {
      var beans = starting.getBeanFactory();
      beans.registerSingleton("settings", settings);
      beans.registerSingleton("core", core);
      beans.registerSingleton("objectStore", store);
      beans.registerSingleton("pauses", new Pauses(database.database(), holds(), core.signal()));
      beans.registerSingleton("playableAudio", (PlayableAudio) (tenant, id) -> audio.get());
      beans.registerSingleton(
          "erasing",
          new Erasing(
              core.database(),
              core.conversations(),
              core.ledger(),
              core.clock(),
              bytes -> Duration.ofSeconds(1)));
    });
    context = application.run();
  }

  /** A door with small limits. */
  static Door open(Path directory) {
    return new Door(directory, Map.of());
  }

  /** A door with these settings besides. */
  static Door open(Path directory, Map<String, Object> settings) {
    return new Door(directory, settings);
  }

  /** Runs what was accepted, with a summariser that says what it was given. */
  Door withWorker() {
    worker = new TestWorker(database, new FakeSummarizer()).start();
    return this;
  }

  URI uri() {
    return URI.create("http://localhost:" + port());
  }

  int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** Who may do everything. */
  Client admin() {
    return new Client(uri(), KEY);
  }

  Client client(@Nullable String key) {
    return new Client(uri(), key);
  }

  /** A tenant of its own, with a key of all scopes within it. */
  Home home() {
    Client admin = admin();
    String tenant = admin.post("/v1/tenants", "{\"name\":\"a tenant\"}").expect(201).text("id");
    Client client = client(key(tenant, "upload", "read", "admin"));
    String project = client.post("/v1/projects", "{\"name\":\"a project\"}").expect(201).text("id");
    return new Home(UUID.fromString(tenant), client, project);
  }

  String key(String tenant, String... scopes) {
    String body =
        "{\"name\":\"k\",\"tenant_id\":\"%s\",\"scopes\":[\"%s\"]}"
            .formatted(tenant, String.join("\",\"", scopes));
    return admin().post("/v1/api-keys", body).expect(201).text("key");
  }

  /** A tenant with one project. */
  record Home(UUID tenant, Client client, String project) {

    String conversation() {
      return client.post("/v1/projects/" + project + "/conversations", "{}").expect(201).text("id");
    }

    Answer say(String conversation, String text) {
      return client.send(
          client
              .request("/v1/conversations/" + conversation + "/chunks")
              .header("Content-Type", "text/plain; charset=utf-8")
              .POST(java.net.http.HttpRequest.BodyPublishers.ofString(text)));
    }

    Answer get(String conversation, String rest) {
      return client.get("/v1/conversations/" + conversation + rest);
    }

    Answer post(String conversation, String rest, String body) {
      return client.post("/v1/conversations/" + conversation + rest, body);
    }
  }

  private static Settings settings(Path dataDir, Map<String, Object> more) {
    Map<String, Object> given = new HashMap<>();
    given.put("talkmill.data-dir", dataDir.toString());
    given.put("talkmill.intake.chunk-bytes-max", CHUNK_BYTES_MAX + "B");
    given.put("talkmill.intake.text-chars-max", TEXT_CHARS_MAX);
    given.put("talkmill.intake.chunks-per-minute", 1000);
    given.put("talkmill.intake.body-timeout", "2s");
    given.putAll(more);
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("given", given));
    return Settings.bind(environment);
  }

  private static StorageSettings storage() {
    return new StorageSettings(
        null,
        null,
        "us-east-1",
        "talkmill",
        null,
        null,
        8,
        Duration.ofSeconds(10),
        Duration.ofSeconds(20));
  }

  private static Holds holds() {
    return new Holds(Map.of(Stage.TRANSCRIBE, "a-recogniser", Stage.SUMMARIZE, "a-writer"));
  }

  private static DueSignal nobody() {
    return () -> {};
  }

  @Override
  public void close() {
    context.close();
    if (worker != null) {
      worker.close();
    }
    store.close();
    s3.close();
    database.close();
  }
}
