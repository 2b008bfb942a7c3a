package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.worker.speech.FakeAnswer.Fault;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OpenAiSpeechFailureTest extends OpenAiSpeechTests {

  @ParameterizedTest
  @CsvSource({
    "400, PROVIDER_REJECTED",
    "401, PROVIDER_UNAUTHORIZED",
    "402, PROVIDER_RATE_LIMITED",
    "403, PROVIDER_UNAUTHORIZED",
    "404, PROVIDER_UNAVAILABLE",
    "408, PROVIDER_UNAVAILABLE",
    "413, PROVIDER_REJECTED",
    "415, PROVIDER_REJECTED",
    "422, PROVIDER_REJECTED",
    "429, PROVIDER_RATE_LIMITED",
    "500, PROVIDER_UNAVAILABLE",
    "502, PROVIDER_UNAVAILABLE",
    "503, PROVIDER_UNAVAILABLE",
    "204, PROVIDER_BAD_ANSWER",
    "302, PROVIDER_BAD_ANSWER",
  })
  void everyStatusHasItsMeaningAndIsAskedForOnce(int status, FailureCode code) {
    server.answer(FakeAnswer.status(status).header("Location", "/v1/chat/completions"));

    assertThat(failure(LONG).code()).isEqualTo(code);
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void anErrorNamesItsCodeAndRequestButNeverWhatWasSaid() {
    server.answer(FakeAnswer.error(400, "invalid_request_error", "invalid_language"));

    assertThat(failure(LONG).message())
        .isEqualTo(
            "POST /audio/transcriptions was answered with 400 (invalid_language),"
                + " request id req_fault");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After | 7 | PT7S",
        "Retry-After | 0.5 | PT0.5S",
        "Retry-After | Fri, 20 Nov 2026 10:02:00 GMT | PT2M",
        "Retry-After | Fri, 20 Nov 2026 09:00:00 GMT | PT0S",
        "Retry-After | 999999999999999999 | PT24H",
        "retry-after-ms | 250 | PT0.25S",
        "Retry-After | soon |",
        "Retry-After | -5 |"
      })
  void theWaitThatIsAskedForIsHandedOn(String header, String value, Duration wait) {
    server.answer(FakeAnswer.status(429).header(header, value));

    assertThat(failure(LONG).retryAfter()).isEqualTo(wait);
  }

  @Test
  void whatIsNotJsonIsABadAnswer() {
    server.answer(FakeAnswer.html());
    assertThat(failure(LONG).message()).contains("is HTML or XML, not a JSON object");
    server.answer(FakeAnswer.truncated(OpenAiShapes.OPENAI));
    assertThat(failure(LONG).message()).contains("is broken JSON, not a JSON object");
    server.answer(FakeAnswer.json(""));
    assertThat(failure(LONG).message()).contains("is empty, not a JSON object");
    server.answer(FakeAnswer.json("We agreed to move."));
    assertThat(failure(LONG).code()).isEqualTo(FailureCode.PROVIDER_BAD_ANSWER);
  }

  @Test
  void anAnswerThatIsCutOffIsABadAnswer() {
    server.answer(FakeAnswer.fault(Fault.CUT_OFF));

    assertThat(failure(LONG).code()).isEqualTo(FailureCode.PROVIDER_BAD_ANSWER);
  }

  @Test
  void anAnswerWithoutEndIsCutAtTheLimit() {
    server.answer(FakeAnswer.json("{\"text\": \"" + "a".repeat(33 << 20) + "\"}"));

    Failure failure = failure(LONG);
    assertThat(failure.code()).isEqualTo(FailureCode.PROVIDER_BAD_ANSWER);
    assertThat(failure.message()).contains("32 MiB");
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET", "HANG_UP"})
  void aConnectionThatBreaksBeforeTheAnswerIsUnavailable(Fault fault) {
    server.answer(FakeAnswer.fault(fault));

    assertThat(failure(LONG).code()).isEqualTo(FailureCode.PROVIDER_UNAVAILABLE);
    assertThat(server.received()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"NEVER", "DRIBBLE"})
  void theLimitCoversTheWholeAnswer(Fault fault) {
    server.answer(FakeAnswer.fault(fault));

    assertThat(failure(SHORT).code()).isEqualTo(FailureCode.PROVIDER_TIMEOUT);
  }

  @Test
  void theLimitCoversAServerThatDoesNotRead() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        OpenAiSpeechEngine stuck =
            engine(URI.create("http://127.0.0.1:" + deaf.getLocalPort() + "/v1"), null)) {
      Path large = Wavs.repeated(dir.resolve("large.wav"), Wavs.samples(wav), 100);

      // Long enough to connect first.
      assertThat(failure(stuck, large, Duration.ofSeconds(3)).code())
          .isEqualTo(FailureCode.PROVIDER_TIMEOUT);

      assertThat(bytesUntilHangUp(deaf)).isLessThan(Files.size(large));
    }
  }

  /** Fails by a read timeout where the client keeps its connection. */
  private static long bytesUntilHangUp(ServerSocket server) throws Exception {
    long bytes = 0;
    server.setSoTimeout(120_000);
    try (Socket connection = server.accept()) {
      connection.setSoTimeout(120_000);
      byte[] buffer = new byte[1 << 16];
      for (int n = 0; n >= 0; n = connection.getInputStream().read(buffer)) {
        bytes += n;
      }
    } catch (SocketException e) {
      // A reset is a way to hang up, too.
    }
    return bytes;
  }

  @Test
  void aServerThatIsNotThereIsUnavailable() throws Exception {
    server.close();

    assertThat(failure(LONG).code()).isEqualTo(FailureCode.PROVIDER_UNAVAILABLE);
  }

  @Test
  void aSlowAnswerWithinTheLimitIsRead() {
    server.answer(FakeAnswer.json(OpenAiShapes.TEXT_ONLY).with(Fault.DRIBBLE));

    assertThat(recognize().segments()).hasSize(1);
  }

  @Test
  void anInterruptEndsTheCallAndIsKept() {
    server.answer(FakeAnswer.fault(Fault.NEVER));
    Thread.currentThread().interrupt();

    Failure failure = failure(LONG);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL_ERROR);
  }

  @Test
  void aMissingFileIsNotSent() {
    assertThat(failure(engine, dir.resolve("missing.wav"), LONG).code())
        .isEqualTo(FailureCode.INTERNAL_ERROR);
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aKeyThatNoHeaderCanCarryIsRefusedWithoutBeingQuoted() {
    assertThatThrownBy(() -> engine(server.baseUrl(), "sk-secret\nX: y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }
}
