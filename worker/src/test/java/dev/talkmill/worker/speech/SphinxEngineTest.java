package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import dev.talkmill.pipeline.transcribe.SpeechRequest.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SphinxEngineTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String COUNCIL =
      "the council met on monday to talk about the new bridge"
          + " repairs will cost more than we planned";

  /** Shared: loading the models is most of the time. */
  private static final AtomicInteger LOADED = new AtomicInteger();

  private static final AtomicLong AHEAD_NANOS = new AtomicLong();
  private static SphinxEngine engine;

  @TempDir Path dir;

  @BeforeAll
  static void oneRecognizer() {
    RecognizerPool<SphinxRecognizer> pool =
        new RecognizerPool<>(
            1,
            () -> {
              LOADED.incrementAndGet();
              try {
                return SphinxRecognizer.create();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    engine = new SphinxEngine(pool, () -> System.nanoTime() + AHEAD_NANOS.get());
  }

  @Test
  void mostWordsOfClearSpeechAreRight() throws Exception {
    Recognition heard = engine.recognize(request(Wavs.speech("council")));

    List<String> right = List.of(COUNCIL.split(" "));
    List<String> words = List.of(text(heard).split(" "));
    assertThat(words.stream().filter(right::contains).count())
        .describedAs("right words in: %s", words)
        .isGreaterThan(right.size() * 3 / 4);
    assertThat(heard.language()).isEqualTo("en");
    assertThat(heard.model()).isEqualTo("cmusphinx-en-us");
  }

  @Test
  void textIsWordsInLowerCaseAndNothingElse() throws Exception {
    Recognition heard = engine.recognize(request(Wavs.speech("council")));

    assertThat(heard.segments()).isNotEmpty();
    for (SpeechSegment segment : heard.segments()) {
      assertThat(segment.text()).matches("[a-z']+( [a-z']+)*");
      assertThat(segment.text())
          .isEqualTo(segment.words().stream().map(Word::text).collect(Collectors.joining(" ")));
    }
  }

  @Test
  void timesRunForwardInsideTheAudioAndConfidenceIsAProbability() throws Exception {
    Path wav = Wavs.speech("council");

    double last = 0;
    for (SpeechSegment segment : engine.recognize(request(wav)).segments()) {
      assertThat(segment.confidence()).isBetween(0.0, 1.0);
      assertThat(segment.start()).isEqualTo(segment.words().getFirst().start());
      assertThat(segment.end()).isEqualTo(segment.words().getLast().end());
      for (Word word : segment.words()) {
        assertThat(word.start()).isBetween(last, Wavs.seconds(wav));
        assertThat(word.end()).isBetween(word.start(), Wavs.seconds(wav));
        assertThat(word.confidence()).isBetween(0.0, 1.0);
        last = word.start();
      }
    }
    assertThat(last).isGreaterThan(Wavs.seconds(wav) / 2);
  }

  @Test
  void aReusedRecognizerHearsTheSameAgain() throws Exception {
    Recognition council = engine.recognize(request(Wavs.speech("council")));
    Recognition meeting = engine.recognize(request(Wavs.speech("meeting")));

    assertThat(engine.recognize(request(Wavs.speech("council")))).isEqualTo(council);
    assertThat(engine.recognize(request(Wavs.speech("meeting")))).isEqualTo(meeting);
    assertThat(meeting).isNotEqualTo(council);
    assertThat(LOADED).hasValue(1);
  }

  @Test
  void silenceAndHissHoldNoSpeech() throws Exception {
    Random random = new Random(11);
    Path silence = Wavs.tone(dir.resolve("silence.wav"), 5, _ -> 0);
    Path hiss = Wavs.tone(dir.resolve("hiss.wav"), 5, _ -> (random.nextDouble() - 0.5) / 500);
    Path nothing = Wavs.tone(dir.resolve("nothing.wav"), 0, _ -> 0);

    assertThat(engine.recognize(request(silence)).segments()).isEmpty();
    assertThat(engine.recognize(request(hiss)).segments()).isEmpty();
    assertThat(engine.recognize(request(nothing)).segments()).isEmpty();
  }

  @Test
  void anotherLanguageIsTriedAndToldAsEnglish() throws Exception {
    SpeechRequest dutch =
        new SpeechRequest(Wavs.speech("meeting"), 2.96, "nl", List.of("Delft"), LONG, _ -> {});

    Recognition heard = engine.recognize(dutch);

    assertThat(heard.language()).isEqualTo("en");
    assertThat(heard.segments()).isNotEmpty();
  }

  @Test
  void recognitionStopsAtItsLimitAndTheRecognizerStaysFit() throws Exception {
    Path meeting = Wavs.speech("meeting");
    Recognition before = engine.recognize(request(meeting));
    Path hour = Wavs.repeated(dir.resolve("hour.wav"), Wavs.samples(meeting), 1_200);
    AtomicLong heardSeconds = new AtomicLong();
    Progress clockRunsOutAtTenSeconds =
        seconds -> {
          heardSeconds.set((long) seconds);
          if (seconds >= 10) {
            AHEAD_NANOS.set(LONG.toNanos());
          }
        };
    try {
      assertThatThrownBy(() -> engine.recognize(request(hour, clockRunsOutAtTenSeconds)))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failure().code()).isEqualTo(FailureCode.PROVIDER_TIMEOUT))
          .hasMessageContaining("10 of 3552 s");
    } finally {
      AHEAD_NANOS.set(0);
    }

    assertThat(heardSeconds).hasValue(10);
    assertThat(engine.recognize(request(meeting))).isEqualTo(before);
    assertThat(LOADED).hasValue(1);
  }

  @Test
  void anInterruptStopsRecognitionAndIsKept() throws Exception {
    Path meeting = Wavs.speech("meeting");
    Path hour = Wavs.repeated(dir.resolve("hour.wav"), Wavs.samples(meeting), 1_200);
    Progress interrupted = _ -> Thread.currentThread().interrupt();

    assertThatThrownBy(() -> engine.recognize(request(hour, interrupted)))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.INTERNAL_ERROR))
        .hasMessageContaining("interrupted after 1 of");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(LOADED).hasValue(1);
  }

  @Test
  void progressRunsFromTheFirstSecondToTheLast() throws Exception {
    Path council = Wavs.speech("council");
    List<Double> seen = new java.util.ArrayList<>();

    engine.recognize(request(council, seen::add));

    assertThat(seen).isSorted().startsWith(1.0).endsWith(Wavs.seconds(council));
  }

  @Test
  void aLongUtteranceIsCutAndNothingOfItIsLost() throws Exception {
    byte[] spoken = Wavs.samples(Wavs.speech("meeting"));
    // Without the silence at both ends the repetitions run into one utterance.
    byte[] breathless = Arrays.copyOfRange(spoken, 6_400, spoken.length - 6_400);
    Path wav = Wavs.repeated(dir.resolve("breathless.wav"), breathless, 13);

    Recognition heard = engine.recognize(request(wav));

    assertThat(List.of(text(heard).split(" ")).stream().filter("meeting"::equals).count())
        .isGreaterThanOrEqualTo(11);
    assertThat(heard.segments())
        .allSatisfy(segment ->
            assertThat(segment.end() - segment.start())
                .isLessThanOrEqualTo(UtteranceLimiter.HARD_SECONDS));
  }

  @Test
  void aFileThatIsNotThePreparedWavIsRefused() throws Exception {
    Path text = Files.writeString(dir.resolve("text.wav"), "#EXTM3U and more text than a header");
    Path cut = Files.write(dir.resolve("cut.wav"), new byte[] {'R', 'I', 'F', 'F'});

    for (Path wav : List.of(text, cut, dir.resolve("missing.wav"))) {
      assertThatThrownBy(() -> engine.recognize(request(wav, 1, _ -> {})))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failure().code()).isEqualTo(FailureCode.INTERNAL_ERROR))
          .hasMessageNotContaining(dir.toString());
    }
  }

  private static String text(Recognition heard) {
    return heard.segments().stream().map(SpeechSegment::text).collect(Collectors.joining(" "));
  }

  private static SpeechRequest request(Path wav) throws IOException {
    return request(wav, _ -> {});
  }

  private static SpeechRequest request(Path wav, Progress progress) throws IOException {
    return request(wav, Wavs.seconds(wav), progress);
  }

  private static SpeechRequest request(Path wav, double seconds, Progress progress) {
    return new SpeechRequest(wav, seconds, "en", List.of(), LONG, progress);
  }
}
