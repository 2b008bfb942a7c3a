package dev.talkmill.worker.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class EmbeddedS3Test {

  @TempDir private Path directory;

  @Test
  void listensOnLoopbackAloneAndWantsASignature() throws IOException, InterruptedException {
    try (EmbeddedS3 server = EmbeddedS3.start(directory, "talkmill");
        HttpClient http = HttpClient.newHttpClient()) {
      assertThat(server.endpoint().getHost()).isEqualTo("127.0.0.1");
      assertThat(server.endpoint().getPort()).isPositive();
      Path bucket = directory.resolve("objects/talkmill");
      Files.writeString(bucket.resolve("object"), "private");
      // What a restored backup or a generous umask leaves behind.
      Files.setPosixFilePermissions(bucket, PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.setPosixFilePermissions(
          bucket.resolve("object"), PosixFilePermissions.fromString("rw-rw-rw-"));
      for (String path : List.of("/", "/talkmill", "/talkmill/object")) {
        URI uri = server.endpoint().resolve(path);
        assertThat(status(http, HttpRequest.newBuilder(uri).build())).isEqualTo(403);
      }
      HttpRequest put =
          HttpRequest.newBuilder(server.endpoint().resolve("/talkmill/put"))
              .PUT(HttpRequest.BodyPublishers.ofString("anything"))
              .build();
      assertThat(status(http, put)).isEqualTo(403);
      assertThat(bucket.resolve("put")).doesNotExist();
    }
  }

  private static int status(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void credentialsAreMadeOnceAndKeptPrivate() throws IOException {
    String id;
    String secret;
    try (EmbeddedS3 server = EmbeddedS3.start(directory, "talkmill")) {
      id = server.accessKeyId();
      secret = server.secretAccessKey();
    }
    assertThat(id).isNotEqualTo(secret);
    try (EmbeddedS3 server = EmbeddedS3.start(directory, "talkmill")) {
      assertThat(server.accessKeyId()).isEqualTo(id);
      assertThat(server.secretAccessKey()).isEqualTo(secret);
    }
    assertThat(Files.getPosixFilePermissions(directory.resolve("credentials")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void twoStartsOnOneDirectoryAreRefused() {
    try (EmbeddedS3 server = EmbeddedS3.start(directory, "talkmill")) {
      assertThat(server.endpoint()).isNotNull();
      assertThatThrownBy(() -> EmbeddedS3.start(directory, "talkmill"))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessageStartingWith("Another Talkmill process uses ");
    }
  }

  @Test
  void whatADeadProcessWasWritingIsGoneAfterTheNextStart() throws IOException {
    UUID id = UUID.randomUUID();
    Path objects = Files.createDirectories(directory.resolve("objects/talkmill/t/k"));
    Path object = Files.writeString(objects.resolve(id.toString()), "whole");
    Path cutOff = Files.writeString(objects.resolve(id + "-" + UUID.randomUUID()), "hal");
    Path part = Files.writeString(objects.resolve(".mpus-" + UUID.randomUUID() + "-k-1"), "part");
    try (EmbeddedS3 server = EmbeddedS3.start(directory, "talkmill")) {
      assertThat(server.endpoint()).isNotNull();
      assertThat(cutOff).doesNotExist();
      assertThat(object).exists();
      assertThat(part).exists();
    }
  }

  @Test
  void aBucketNameThatLeavesTheDirectoryIsRefused() {
    assertThatThrownBy(() -> EmbeddedS3.start(directory, "../outside"))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("must be 3 to 63");
  }

  @Test
  void aBrokenCredentialsFileIsNamed() throws IOException {
    Files.writeString(directory.resolve("credentials"), "only one line\n");
    assertThatThrownBy(() -> EmbeddedS3.start(directory, "talkmill"))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("must hold an access key id and a secret");
  }
}
