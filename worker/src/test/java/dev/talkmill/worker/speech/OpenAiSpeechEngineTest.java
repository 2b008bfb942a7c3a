package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import dev.talkmill.worker.speech.FakeAnswer.Fault;
import dev.talkmill.worker.speech.FakeOpenAiServer.Received;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiSpeechEngineTest {

  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  private FakeOpenAiServer server;
  private OpenAiSpeechEngine engine;
  private Path wav;

  @TempDir Path dir;

  @BeforeEach
  void start() throws Exception {
    server = FakeOpenAiServer.start();
    engine = engine(server.baseUrl(), "sk-test");
    wav = Wavs.speech("council");
  }

  @AfterEach
  void stop() throws Exception {
    engine.close();
    server.close();
  }

  @Test
  void theRequestIsTheFormThatOpenAiDocuments() throws Exception {
    engine.recognize(
        new SpeechRequest(wav, 6, "nl-BE", List.of("Zoë van Dijk", "a\r\nb", " "), LONG, _ -> {}));

    Received request = server.received().getFirst();
    assertThat(request.method() + " " + request.path()).isEqualTo("POST /v1/audio/transcriptions");
    assertThat(request.headers()).containsEntry("authorization", "Bearer sk-test");
    assertThat(request.form("model")).containsExactly("whisper-1");
    assertThat(request.form("response_format")).containsExactly("verbose_json");
    assertThat(request.form("timestamp_granularities[]")).containsExactly("segment", "word");
    assertThat(request.form("language")).containsExactly("nl");
    assertThat(request.form("prompt")).containsExactly("Zoë van Dijk, a b");
    assertThat(request.text())
        .contains(new String(Files.readAllBytes(wav), StandardCharsets.ISO_8859_1))
        .contains("filename=\"audio.wav\"");
  }

  @Test
  void whatIsNotKnownIsNotSent() {
    try (OpenAiSpeechEngine keyless = engine(server.baseUrl(), null)) {
      keyless.recognize(new SpeechRequest(wav, 6, null, List.of(), LONG, _ -> {}));
    }

    Received request = server.received().getFirst();
    assertThat(request.headers()).doesNotContainKey("authorization");
    assertThat(request.form("language")).isEmpty();
    assertThat(request.form("prompt")).isEmpty();
  }

  @Test
  void thePromptIsBoundedAtWholeTerms() {
    List<String> terms =
        java.util.stream.IntStream.range(0, 500).mapToObj(i -> "term" + i).toList();

    engine.recognize(new SpeechRequest(wav, 6, null, terms, LONG, _ -> {}));

    String prompt = server.received().getFirst().form("prompt").getFirst();
    assertThat(prompt.length()).isBetween(700, TranscriptionForm.PROMPT_CHARS_MAX);
    assertThat(terms).containsAll(List.of(prompt.split(", ")));
  }

  @Test
  void openAisAnswerIsReadWithWordsAndProbabilities() {
    server.answer(FakeAnswer.json(OpenAiShapes.OPENAI).header("x-request-id", "req_7"));

    Recognition heard = recognize();

    assertThat(heard.language()).isEqualTo("en");
    assertThat(heard.model()).isEqualTo("whisper-1");
    assertThat(heard.requestId()).isEqualTo("req_7");
    assertThat(heard.segments()).hasSize(2);
    SpeechSegment second = heard.segments().getLast();
    assertThat(second.text()).isEqualTo("Repairs will cost more.");
    assertThat(second.start()).isEqualTo(3.5);
    assertThat(second.confidence()).isCloseTo(Math.exp(-0.5), within(1e-9));
    assertThat(second.noSpeechProbability()).isEqualTo(0.02);
    assertThat(second.words())
        .extracting(Word::text)
        .containsExactly("Repairs", "will", "cost", "more");
    assertThat(heard.segments().getFirst().words()).hasSize(6);
  }

  @Test
  void wordsInsideSegmentsAreReadOnce() {
    server.answer(FakeAnswer.json(OpenAiShapes.FASTER_WHISPER));
    Recognition speaches = recognize();
    server.answer(FakeAnswer.json(OpenAiShapes.WHISPER_CPP));
    Recognition cpp = recognize();

    assertThat(speaches.language()).isEqualTo("nl");
    assertThat(speaches.segments().getFirst().words())
        .containsExactly(
            new Word(0.1, 0.9, "Goedemorgen", 0.97), new Word(0.9, 1.6, "allemaal.", 0.91));
    assertThat(cpp.language()).isEqualTo("en");
    assertThat(cpp.segments().getFirst().words()).hasSize(4);
    assertThat(cpp.segments().getFirst().text()).isEqualTo("We agreed to move.");
  }

  @Test
  void aServerThatAnswersOnlyTextGivesOneSegment() {
    server.answer(FakeAnswer.json(OpenAiShapes.TEXT_ONLY));

    assertThat(recognize().segments())
        .containsExactly(
            new SpeechSegment(0, 6, null, "We agreed to move the meeting.", null, null, List.of()));
  }

  @Test
  void noSpeechIsAnEmptyList() {
    server.answer(FakeAnswer.json(OpenAiShapes.SILENCE));

    assertThat(recognize().segments()).isEmpty();
  }

  @Test
  void smallDisorderInTheTimesIsPutRight() {
    server.answer(
        FakeAnswer.json(
            """
            {"text": "a b", "segments": [{"start": 1.0, "end": 2.4, "text": "a"},
             {"start": 0.9, "end": 0.8, "text": "b"}, {"start": 5.0, "end": 30.0, "text": "c"}]}\
            """));

    assertThat(recognize().segments())
        .extracting(SpeechSegment::start, SpeechSegment::end)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1.0, 2.4),
            org.assertj.core.groups.Tuple.tuple(1.0, 1.0),
            org.assertj.core.groups.Tuple.tuple(5.0, 6.0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "\"text\"",
        "{}",
        "{\"text\": 7}",
        "{\"segments\": {}}",
        "{\"text\": \"a\", \"segments\": [7]}",
        "{\"segments\": [{\"start\": 0, \"end\": 1}]}",
        "{\"segments\": [{\"text\": \"a\"}]}",
        "{\"segments\": [{\"start\": \"0\", \"end\": 1, \"text\": \"a\"}]}",
        "{\"segments\": [{\"start\": 1e999, \"end\": 1, \"text\": \"a\"}]}",
        "{\"segments\": [{\"start\": NaN, \"end\": 1, \"text\": \"a\"}]}",
        "{\"segments\": [{\"start\": -5, \"end\": 1, \"text\": \"a\"}]}",
        "{\"segments\": [{\"start\": 500, \"end\": 501, \"text\": \"a\"}]}",
        "{\"segments\": [{\"start\": 5, \"end\": 6, \"text\": \"a\"},"
            + " {\"start\": 1, \"end\": 2, \"text\": \"b\"}]}",
        "{\"segments\": [{\"start\": 0, \"end\": 1, \"text\": \"a\", \"avg_logprob\": \"x\"}]}",
        "{\"text\": \"a\", \"words\": [{\"start\": 0, \"end\": 1}]}",
        "{\"text\": \"a\", \"language\": 7}"
      })
  void anAnswerOfWrongTypesOrTimesIsABadAnswer(String body) {
    server.answer(FakeAnswer.json(body));

    assertThat(failure(LONG).code()).isEqualTo(FailureCode.PROVIDER_BAD_ANSWER);
  }

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

      assertThat(failure(stuck, large, SHORT).code()).isEqualTo(FailureCode.PROVIDER_TIMEOUT);

      assertThat(bytesUntilHangUp(deaf)).isLessThan(Files.size(large));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "english, en",
    "Dutch, nl",
    "haitian creole, ht",
    "lao, lo",
    "nl, nl",
    "pt-BR, pt",
    "klingonese,"
  })
  void languagesAreToldByTheirTag(String told, String tag) {
    server.answer(
        FakeAnswer.json("{\"text\": \"a\", \"language\": \"" + told + "\", \"segments\": []}"));

    assertThat(recognize().language()).isEqualTo(tag);
  }

  /** Fails by a read timeout where the client keeps its connection. */
  private static long bytesUntilHangUp(ServerSocket server) throws Exception {
    long bytes = 0;
    try (Socket connection = server.accept()) {
      connection.setSoTimeout(30_000);
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

  private static OpenAiSpeechEngine engine(URI baseUrl, String key) {
    return new OpenAiSpeechEngine(
        new OpenAiSettings(baseUrl, key, "whisper-1"), InstantSource.fixed(NOW));
  }

  private Recognition recognize() {
    return engine.recognize(request(wav, LONG));
  }

  private Failure failure(Duration timeout) {
    return failure(engine, wav, timeout);
  }

  private static Failure failure(OpenAiSpeechEngine engine, Path wav, Duration timeout) {
    try {
      engine.recognize(request(wav, timeout));
    } catch (FailureException e) {
      return e.failure();
    }
    throw new AssertionError("the call was expected to fail");
  }

  private static SpeechRequest request(Path wav, Duration timeout) {
    return new SpeechRequest(wav, 6, "en", List.of(), timeout, _ -> {});
  }
}
