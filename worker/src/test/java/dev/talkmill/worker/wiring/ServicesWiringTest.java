package dev.talkmill.worker.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.s3.S3ObjectStore;
import dev.talkmill.worker.settings.Settings;
import dev.talkmill.worker.wiring.ServicesWiring.OwnS3;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What is kept in the data directory where no setting names it elsewhere. */
class ServicesWiringTest {

  @TempDir private Path directory;

  private Settings settings(Map<String, String> given) {
    StandardEnvironment environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.addFirst(new MapPropertySource("given", Map.<String, Object>copyOf(given)));
    sources.addFirst(
        new MapPropertySource("data", Map.of("talkmill.data-dir", directory.toString())));
    return Settings.bind(environment);
  }

  @Test
  void theEmbeddedStoreHasTheBucketAndThePublicAddressThatAreSet() throws Exception {
    Settings settings =
        settings(
            Map.of(
                "talkmill.s3.bucket", "recordings",
                "talkmill.s3.public-endpoint", "https://uploads.example.org"));
    ServicesWiring wiring = new ServicesWiring();
    try (OwnS3 own = wiring.ownS3(settings);
        S3ObjectStore store = wiring.objectStore(own, settings);
        HttpClient http = HttpClient.newHttpClient()) {
      URI signed = store.presignPut("a/b", 3, Duration.ofMinutes(1));
      assertThat(signed.toString()).startsWith("https://uploads.example.org/recordings/a/b?");
      // What is signed for another host does not hold at this one.
      URI here = own.server().orElseThrow().endpoint();
      URI moved = here.resolve(signed.getRawPath() + "?" + signed.getRawQuery());
      HttpRequest put =
          HttpRequest.newBuilder(moved).PUT(BodyPublishers.ofByteArray(new byte[3])).build();
      assertThat(http.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(403);
      assertThat(directory.resolve("s3/objects/recordings")).isDirectory();
    }
  }

  private static Map<String, String> storeAt(URI endpoint, String bucket) {
    return Map.of(
        "talkmill.s3.endpoint",
        endpoint.toString(),
        "talkmill.s3.bucket",
        bucket,
        "talkmill.s3.access-key-id",
        "AKIA",
        "talkmill.s3.secret-access-key",
        "secret");
  }

  @Test
  void aStoreThatIsAwayKeepsNobodyFromStarting() {
    URI nowhere = URI.create("http://127.0.0.1:1"); // No port that anybody is ever given.
    Settings settings = settings(storeAt(nowhere, "recordings"));
    try (S3ObjectStore store =
        new ServicesWiring().objectStore(new OwnS3(Optional.empty()), settings)) {
      assertThat(store.awayAtStart())
          .hasValueSatisfying(why -> assertThat(why).contains("refuses"));
    }
  }

  @Test
  void aStoreThatDoesNotKnowUsShowsAWrongSetting() throws Exception {
    try (EmbeddedS3 server = EmbeddedS3.start(directory.resolve("s3"), "recordings")) {
      Settings settings = settings(storeAt(server.endpoint(), "recordings"));
      assertThatThrownBy(
              () -> new ServicesWiring().objectStore(new OwnS3(Optional.empty()), settings))
          .isInstanceOf(FailureException.class);
    }
  }

  @Test
  void aKeyIsMadeOnceForItsOwnerAloneAndNotWhereOneIsSet() throws Exception {
    String given = "a-key-that-a-user-chose";
    AdminKey set = AdminKey.of(settings(Map.of("talkmill.api-key", given)).process());
    assertThat(set.value()).isEqualTo(given);
    assertThat(set.file()).isEmpty();
    assertThat(directory.resolve("api-key")).doesNotExist();

    AdminKey made = AdminKey.of(settings(Map.of()).process());
    assertThat(made.value()).hasSizeGreaterThan(32);
    Path file = directory.resolve("api-key");
    assertThat(made.file()).hasValue(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(AdminKey.of(settings(Map.of()).process())).isEqualTo(made);
  }
}
