package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no decent client sends. */
class RawRequestsTest {

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

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
    socket.setSoTimeout(120_000);
    return socket;
  }

  private static String head(String conversation, String headers) {
    return "POST /v1/conversations/%s/chunks HTTP/1.1\r\nHost: localhost\r\n"
            .formatted(conversation)
        + "Authorization: Bearer "
        + home.client().key()
        + "\r\n"
        + headers
        + "\r\n";
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static String readAll(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void problem(String answer, int status, String code) {
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .contains("content-type: application/problem+json")
        .contains("x-request-id: ");
    assertThat(answer).contains("\"code\":\"" + code + "\"");
  }

  private static int chunks(String conversation) {
    return home.get(conversation, "").expect(200).json().get("chunks").get("total").asInt();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONSENSE\r\n\r\n",
        "GET /v1/projects HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /\\ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "POST /v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      })
  void whatTheConnectorRefusesIsAProblemToo(String request) throws IOException {
    try (Socket socket = connect()) {
      write(socket, request);
      String answer = readAll(socket);
      assertThat(answer).matches("(?s)HTTP/1.1 (4\\d\\d|505) .*");
      assertThat(answer)
          .containsIgnoringCase("content-type: application/problem+json")
          .contains("\"code\":\"")
          .doesNotContainIgnoringCase("<html");
    }
  }

  @Test
  void headersThatAreTooLargeAreAProblemToo() throws IOException {
    try (Socket socket = connect()) {
      write(socket, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(10_000) + "\r\n\r\n");
      assertThat(readAll(socket)).contains("application/problem+json").contains("\"code\":\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"state=%zz", "state=%ff", "%zz=FAILED"})
  void aQueryThatCannotBeReadIsTheClientsFault(String query) throws IOException {
    String request = "GET /v1/processing-status?" + query + " HTTP/1.1\r\nHost: localhost\r\n";
    try (Socket socket = connect()) {
      write(
          socket, request + "Connection: close\r\nAuthorization: Bearer " + Door.KEY + "\r\n\r\n");
      problem(readAll(socket), 400, "invalid_parameter");
    }
  }

  @Test
  void anUnknownMethodIsAProblemToo() throws IOException {
    try (Socket socket = connect()) {
      write(socket, "BREW /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      problem(readAll(socket), 405, "method_not_allowed");
    }
    try (Socket socket = connect()) {
      write(socket, "TRACE /v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      problem(readAll(socket), 405, "method_not_allowed");
    }
  }

  @Test
  void aClientThatHangsUpLeavesNothing() throws IOException {
    String id = home.conversation();
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: 50000\r\n") + "x".repeat(20_000));
      Await.until(RawRequestsTest::scratchFiles, files -> files == 1);
    }
    Await.until(RawRequestsTest::scratchFiles, files -> files == 0);
    assertThat(chunks(id)).isZero();
  }

  @Test
  void aBodyShorterThanDeclaredIsRefusedAndNotKept() throws IOException {
    String id = home.conversation();
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: 100\r\nConnection: close\r\n") + "too short");
      socket.shutdownOutput();
      problem(readAll(socket), 400, "bad_request");
    }
    assertThat(chunks(id)).isZero();
    Await.until(RawRequestsTest::scratchFiles, files -> files == 0);
  }

  @Test
  void aBodyLongerThanDeclaredIsCutThereAndTheRestIsNoRequest() throws IOException {
    String id = home.conversation();
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: 4\r\n") + "sound and much more than that\r\n\r\n");
      String answers = readAll(socket);
      assertThat(answers).startsWith("HTTP/1.1 202 ").contains("\"bytes\":4");
      assertThat(answers).contains("HTTP/1.1 400 ").contains("\"code\":\"bad_request\"");
    }
    assertThat(chunks(id)).isEqualTo(1);
  }

  @Test
  void aClientThatStopsSendingIsAnsweredInTime() throws IOException {
    String id = home.conversation();
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: 100\r\n") + "and then");
      problem(readAll(socket), 408, "body_timeout");
    }
    Await.until(RawRequestsTest::scratchFiles, files -> files == 0);
  }

  @Test
  void aClientThatAsksFirstIsRefusedBeforeItSends() throws IOException {
    String id = home.conversation();
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: 500000\r\nExpect: 100-continue\r\n"));
      String answer = readAll(socket);
      assertThat(answer).doesNotContain("100 Continue");
      problem(answer, 413, "chunk_too_large");
    }
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"));
      byte[] leave = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
      assertThat(new String(leave, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 100");
      write(socket, "sound");
      assertThat(readAll(socket)).contains("HTTP/1.1 202 ");
    }
  }

  @Test
  void aClientThatSendsOnAfterARefusalSeesIt() throws IOException {
    String id = home.conversation();
    int size = 3 * Door.CHUNK_BYTES_MAX;
    try (Socket socket = connect()) {
      write(socket, head(id, "Content-Length: " + size + "\r\nConnection: close\r\n"));
      for (int sent = 0; sent < size; sent += 10_000) {
        write(socket, "x".repeat(10_000));
      }
      problem(readAll(socket), 413, "chunk_too_large");
    }
  }

  private static long scratchFiles() {
    try (Stream<Path> files = Files.list(door.dataDir.resolve("scratch").resolve("intake"))) {
      return files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
