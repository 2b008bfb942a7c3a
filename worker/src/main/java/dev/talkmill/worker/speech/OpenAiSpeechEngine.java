package dev.talkmill.worker.speech;

import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import dev.talkmill.worker.openai.OpenAiAnswer;
import dev.talkmill.worker.openai.OpenAiClient;
import java.io.FileNotFoundException;
import java.time.InstantSource;

/**
 * Any server with OpenAI's {@code POST /audio/transcriptions}: OpenAI itself, Speaches and other
 * faster-whisper servers, the server of whisper.cpp. The model must know {@code verbose_json}, as
 * whisper-1 does. Failures are those of {@link OpenAiClient}, and internal_error when the WAV file
 * is gone.
 */
public final class OpenAiSpeechEngine implements SpeechEngine, AutoCloseable {

  public static final String PROVIDER = "openai";

  private static final String PATH = "/audio/transcriptions";

  private final OpenAiClient client;

  public OpenAiSpeechEngine(OpenAiSettings settings, InstantSource clock) {
    this.client = new OpenAiClient(settings, clock);
  }

  @Override
  public String provider() {
    return PROVIDER;
  }

  @Override
  public String model() {
    return client.model();
  }

  @Override
  public Recognition recognize(SpeechRequest request) {
    TranscriptionForm form = new TranscriptionForm(request, client.model());
    OpenAiAnswer answer;
    try {
      answer = client.post(PATH, form.contentType(), form.body(), request.timeout());
    } catch (FileNotFoundException e) {
      throw FailureException.of(FailureCode.INTERNAL_ERROR, "the prepared audio is gone", e);
    }
    Recognition heard =
        new Recognition(
            VerboseJson.language(answer.body()),
            VerboseJson.segments(answer.body(), request.seconds()),
            answer.model(client.model()),
            answer.requestId());
    request.progress().secondsDone(request.seconds());
    return heard;
  }

  @Override
  public void close() {
    client.close();
  }
}
