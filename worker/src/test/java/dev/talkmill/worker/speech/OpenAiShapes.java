package dev.talkmill.worker.speech;

import tools.jackson.databind.json.JsonMapper;

/** Answers in the shapes of real servers. */
public final class OpenAiShapes {

  /** OpenAI, whisper-1: words beside the segments, language by its name. */
  public static final String OPENAI =
      """
      {"task": "transcribe", "language": "english", "duration": 6.21,
       "text": "The harbour council met on Monday. Repairs will cost more.",
       "words": [
         {"word": "The", "start": 0.0, "end": 0.34}, {"word": "harbour", "start": 0.34,
          "end": 0.68},
         {"word": "council", "start": 0.68, "end": 1.28}, {"word": "met", "start": 1.28,
          "end": 1.5},
         {"word": "on", "start": 1.5, "end": 1.67}, {"word": "Monday", "start": 1.67, "end": 2.02},
         {"word": "Repairs", "start": 3.64, "end": 4.17}, {"word": "will", "start": 4.17,
          "end": 4.42},
         {"word": "cost", "start": 4.42, "end": 4.82}, {"word": "more", "start": 4.82,
          "end": 5.19}],
       "segments": [
         {"id": 0, "seek": 0, "start": 0.0, "end": 2.5,
          "text": " The harbour council met on Monday.",
          "tokens": [50364, 440, 2233], "temperature": 0.0, "avg_logprob": -0.2,
           "compression_ratio": 1.1,
          "no_speech_prob": 0.013},
         {"id": 1, "seek": 0, "start": 3.5, "end": 5.5, "text": " Repairs will cost more.",
          "tokens": [50514, 3696], "temperature": 0.0, "avg_logprob": -0.5,
           "compression_ratio": 1.1,
          "no_speech_prob": 0.02}],
       "usage": {"type": "duration", "seconds": 7}}\
      """;

  /** Speaches and other faster-whisper servers: words inside the segments and beside them. */
  public static final String FASTER_WHISPER =
      """
      {"task": "transcribe", "language": "nl", "duration": 3.0,
       "text": "Goedemorgen allemaal.",
       "words": [{"start": 0.1, "end": 0.9, "word": " Goedemorgen", "probability": 0.97},
                 {"start": 0.9, "end": 1.6, "word": " allemaal.", "probability": 0.91}],
       "segments": [
         {"id": 1, "seek": 0, "start": 0.1, "end": 1.6, "text": " Goedemorgen allemaal.",
          "tokens": [50365, 3996], "temperature": 0.0, "avg_logprob": -0.25,
          "compression_ratio": 0.8, "no_speech_prob": 0.03,
          "words": [{"start": 0.1, "end": 0.9, "word": " Goedemorgen", "probability": 0.97},
                    {"start": 0.9, "end": 1.6, "word": " allemaal.", "probability": 0.91}]}]}\
      """;

  /** The server of whisper.cpp: words only inside the segments, extra fields of its own. */
  public static final String WHISPER_CPP =
      """
      {"task": "transcribe", "language": "english", "duration": 2.96,
       "text": " We agreed to move.\\n",
       "segments": [
         {"id": 0, "text": " We agreed to move.", "start": 0.0, "end": 2.9,
          "tokens": [492, 9166], "temperature": 0.0, "avg_logprob": -0.31,
          "no_speech_prob": 1.2e-11,
          "words": [{"word": " We", "start": 0.11, "end": 0.34, "t_dtw": -1, "probability": 0.98},
                    {"word": " agreed", "start": 0.34, "end": 0.78, "t_dtw": -1,
                     "probability": 0.99},
                    {"word": " to", "start": 0.78, "end": 0.9, "t_dtw": -1, "probability": 0.99},
                    {"word": " move.", "start": 0.9, "end": 1.2, "t_dtw": -1,
                     "probability": 0.9}]}],
       "detected_language": "english", "detected_language_probability": 0.99}\
      """;

  /** Servers that know only the plain format answer with nothing but the text. */
  public static final String TEXT_ONLY = "{\"text\": \" We agreed to move the meeting. \"}";

  public static final String SILENCE =
      "{\"task\": \"transcribe\", \"language\": \"english\", \"duration\": 3.0, \"text\": \"\","
          + " \"segments\": [], \"words\": []}";

  private OpenAiShapes() {}

  /** OpenAI's chat completion with one message. */
  public static String chat(String content) {
    return """
    {"id": "chatcmpl-1", "object": "chat.completion", "created": 1763600000,
     "model": "gpt-test-2026-01-01",
     "choices": [{"index": 0, "message": {"role": "assistant", "content": %s, "refusal": null,
                  "annotations": []}, "logprobs": null, "finish_reason": "stop"}],
     "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}}\
    """
        .formatted(JsonMapper.shared().writeValueAsString(content));
  }
}
