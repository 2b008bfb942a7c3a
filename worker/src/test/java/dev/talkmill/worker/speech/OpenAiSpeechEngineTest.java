package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import dev.talkmill.worker.speech.FakeOpenAiServer.Received;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiSpeechEngineTest extends OpenAiSpeechTests {

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
}
