package dev.talkmill.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that says what it hears, behind the pipe. */
@Timeout(20)
class PipeTest {

  private ServerSocket echo;
  private Pipe pipe;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    pipe = new Pipe(echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    pipe.close();
    echo.close();
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket client = echo.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (client) {
                client.getInputStream().transferTo(client.getOutputStream());
              } catch (IOException e) {
                // The client has gone.
              }
            });
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), pipe.port());
  }

  private static String said(Socket socket, String words) throws IOException {
    byte[] bytes = words.getBytes(US_ASCII);
    socket.getOutputStream().write(bytes);
    byte[] answer = socket.getInputStream().readNBytes(bytes.length);
    if (answer.length < bytes.length) {
      throw new IOException("cut off");
    }
    return new String(answer, US_ASCII);
  }

  @Test
  void whatIsSaidGoesThrough() throws IOException {
    try (Socket socket = connect()) {
      assertThat(said(socket, "COMMIT\0")).isEqualTo("COMMIT\0");
      assertThat(said(socket, "again")).isEqualTo("again");
    }
    assertThat(pipe.swallowed()).isZero();
  }

  @Test
  void aCutLineIsCutForAllUntilItIsMended() throws IOException {
    try (Socket before = connect()) {
      assertThat(said(before, "one")).isEqualTo("one");
      pipe.fail(LineFault.CUT);
      assertThatThrownBy(() -> said(before, "two")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> said(connect(), "three")).isInstanceOf(IOException.class);
    }
    pipe.mend();
    try (Socket after = connect()) {
      assertThat(said(after, "four")).isEqualTo("four");
    }
  }

  @Test
  void onlyAnswersThatSayCommittedAreSwallowedAndOnlySoMany() throws IOException {
    pipe.swallowCommits(1);
    try (Socket other = connect()) {
      assertThat(said(other, "SELECT\0")).isEqualTo("SELECT\0");
      assertThatThrownBy(() -> said(other, "COMMIT\0")).isInstanceOf(IOException.class);
    }
    assertThat(pipe.swallowed()).isEqualTo(1);
    try (Socket next = connect()) {
      assertThat(said(next, "COMMIT\0")).isEqualTo("COMMIT\0");
    }
  }

  @Test
  void whatIsHeldComesWhenTheLineIsMended() throws Exception {
    try (Socket socket = connect()) {
      assertThat(said(socket, "one")).isEqualTo("one");
      pipe.fail(LineFault.HELD);
      socket.getOutputStream().write('x');
      socket.setSoTimeout(200);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      pipe.mend();
      socket.setSoTimeout(10_000);
      assertThat(socket.getInputStream().read()).isEqualTo('x');
    }
  }

  @Test
  void aBusyLineRefusesInTheNameOfTheServer() throws IOException {
    pipe.fail(LineFault.BUSY);
    try (Socket socket = connect()) {
      socket.getOutputStream().write("PUT /key HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 503 ").endsWith("\r\n\r\n");
    }
  }

  @Test
  void ofAnAnswerThatIsShortenedAPartComes() throws IOException {
    pipe.fail(LineFault.SHORTENED);
    try (Socket socket = connect()) {
      socket.getOutputStream().write("a whole answer".getBytes(US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('a');
      assertThatThrownBy(() -> said(socket, "more than nothing")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aSlowLineIsWhole() throws IOException {
    pipe.fail(LineFault.SLOW);
    try (Socket socket = connect()) {
      assertThat(said(socket, "slow")).isEqualTo("slow");
    }
  }
}
