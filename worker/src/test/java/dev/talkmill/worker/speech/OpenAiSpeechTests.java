package dev.talkmill.worker.speech;

import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server, an engine that asks it, and a recording. */
abstract class OpenAiSpeechTests {

  static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  static final Duration LONG = Duration.ofMinutes(1);
  static final Duration SHORT = Duration.ofMillis(300);

  FakeOpenAiServer server;
  OpenAiSpeechEngine engine;
  Path wav;

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

  static OpenAiSpeechEngine engine(URI baseUrl, String key) {
    return new OpenAiSpeechEngine(
        new OpenAiSettings(baseUrl, key, "whisper-1"), InstantSource.fixed(NOW));
  }

  Recognition recognize() {
    return engine.recognize(request(wav, LONG));
  }

  Failure failure(Duration timeout) {
    return failure(engine, wav, timeout);
  }

  static Failure failure(OpenAiSpeechEngine engine, Path wav, Duration timeout) {
    try {
      engine.recognize(request(wav, timeout));
    } catch (FailureException e) {
      return e.failure();
    }
    throw new AssertionError("the call was expected to fail");
  }

  static SpeechRequest request(Path wav, Duration timeout) {
    return new SpeechRequest(wav, 6, "en", List.of(), timeout, _ -> {});
  }
}
