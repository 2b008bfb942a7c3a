package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The multipart form of a transcription request. The audio is read from disk as it is sent; the
 * length is known, since some servers refuse a body without it.
 */
final class TranscriptionForm {

  /** Whisper reads the last 224 tokens of a prompt; key terms are short, so this is about those. */
  static final int PROMPT_CHARS_MAX = 800;

  private final String boundary = "talkmill-" + UUID.randomUUID();
  private final StringBuilder fields = new StringBuilder();
  private final SpeechRequest request;

  TranscriptionForm(SpeechRequest request, String model) {
    this.request = request;
    field("model", model);
    field("response_format", "verbose_json");
    field("timestamp_granularities[]", "segment");
    field("timestamp_granularities[]", "word");
    String language = request.language();
    if (language != null) {
      field("language", primaryTag(language));
    }
    String prompt = prompt(request.keyTerms());
    if (!prompt.isEmpty()) {
      field("prompt", prompt);
    }
  }

  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  BodyPublisher body() throws FileNotFoundException {
    fields.append("--").append(boundary).append("\r\n");
    fields.append("Content-Disposition: form-data; name=\"file\"; filename=\"audio.wav\"\r\n");
    fields.append("Content-Type: audio/wav\r\n\r\n");
    return BodyPublishers.concat(
        BodyPublishers.ofString(fields.toString()),
        BodyPublishers.ofFile(request.wav()),
        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
  }

  private void field(String name, String value) {
    fields.append("--").append(boundary).append("\r\n");
    fields.append("Content-Disposition: form-data; name=\"").append(name).append("\"\r\n\r\n");
    fields.append(value).append("\r\n");
  }

  /** Whole terms as spelled, as many as fit. */
  private static String prompt(List<String> keyTerms) {
    StringBuilder prompt = new StringBuilder();
    List<String> terms =
        keyTerms.stream()
            .map(term -> term.replaceAll("[\\p{Cntrl}\\s]+", " ").strip())
            .filter(term -> !term.isEmpty())
            .distinct()
            .collect(Collectors.toList());
    for (String term : terms) {
      if (prompt.length() + term.length() + 2 <= PROMPT_CHARS_MAX) {
        prompt.append(prompt.isEmpty() ? "" : ", ").append(term);
      }
    }
    return prompt.toString();
  }

  private static String primaryTag(String language) {
    return Locale.forLanguageTag(language).getLanguage();
  }
}
