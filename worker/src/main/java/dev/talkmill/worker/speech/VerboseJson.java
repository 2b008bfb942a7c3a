package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the {@code verbose_json} of OpenAI, faster-whisper servers and whisper.cpp: words beside
 * the segments or inside them, or none; segments, or only a text. Types and times are checked: a
 * time that jumps back or lies outside the audio by more than models are known to err is a bad
 * answer, smaller disorder is put right.
 */
final class VerboseJson {

  /** Whisper's times of neighbouring segments overlap by less than this. */
  private static final double DISORDER_SECONDS = 1.0;

  /** Whisper pads the audio to windows of 30 s and may place a time in the padding. */
  private static final double PADDING_SECONDS = 30.0;

  private final double seconds;

  private VerboseJson(double seconds) {
    this.seconds = seconds;
  }

  /**
   * The segments of an answer.
   *
   * @param seconds length of the audio sent
   */
  static List<SpeechSegment> segments(JsonNode answer, double seconds) {
    return new VerboseJson(seconds).read(answer);
  }

  /** The language as the server names it, or null. */
  static @Nullable String language(JsonNode answer) {
    String name = text(answer, "language");
    return name == null ? null : LanguageNames.tag(name);
  }

  private List<SpeechSegment> read(JsonNode answer) {
    JsonNode segments = array(answer, "segments");
    String text = text(answer, "text");
    if (segments == null && text == null) {
      throw bad("holds neither segments nor text");
    }
    List<SpeechSegment> heard = new ArrayList<>();
    double earliest = 0;
    for (JsonNode segment : segments == null ? List.<JsonNode>of() : segments) {
      SpeechSegment read = segment(segment, earliest);
      earliest = read.start();
      if (!read.text().isEmpty()) {
        heard.add(read);
      }
    }
    if (heard.isEmpty() && text != null && !text.isBlank()) {
      heard.add(new SpeechSegment(0, seconds, null, text.strip(), null, null, List.of()));
    }
    JsonNode words = array(answer, "words");
    return words == null ? heard : SegmentWords.distribute(words(words, 0), heard);
  }

  private SpeechSegment segment(JsonNode segment, double earliest) {
    double[] times = times(segment, earliest);
    String text = text(segment, "text");
    if (text == null) {
      throw bad("holds a segment without text");
    }
    Double logProbability = number(segment, "avg_logprob");
    Double noSpeech = number(segment, "no_speech_prob");
    JsonNode words = array(segment, "words");
    return new SpeechSegment(
        times[0],
        times[1],
        text(segment, "speaker"),
        text.strip(),
        logProbability == null ? null : probability(Math.exp(logProbability)),
        noSpeech == null ? null : probability(noSpeech),
        words == null ? List.of() : words(words, times[0]));
  }

  private List<Word> words(JsonNode words, double earliest) {
    List<Word> read = new ArrayList<>();
    double from = earliest;
    for (JsonNode word : words) {
      String text = text(word, "word");
      if (text == null) {
        throw bad("holds a word without text");
      }
      double[] times = times(word, from);
      from = times[0];
      Double probability = number(word, "probability");
      if (!text.isBlank()) {
        Double confidence = probability == null ? null : probability(probability);
        read.add(new Word(times[0], times[1], text.strip(), confidence));
      }
    }
    return read;
  }

  /** Start and end, in order and inside the audio. */
  private double[] times(JsonNode timed, double earliest) {
    if (!timed.isObject()) {
      throw bad("holds a segment or word that is not an object");
    }
    Double start = number(timed, "start");
    Double end = number(timed, "end");
    if (start == null || end == null) {
      throw bad("holds a segment or word without times");
    }
    boolean backwards = start < earliest - DISORDER_SECONDS || end < start - DISORDER_SECONDS;
    if (backwards || start > seconds + PADDING_SECONDS) {
      throw bad("holds times that run backwards or lie outside the audio");
    }
    double from = Math.clamp(start, Math.min(earliest, seconds), seconds);
    return new double[] {from, Math.clamp(end, from, seconds)};
  }

  private static double probability(double value) {
    return Math.clamp(value, 0.0, 1.0);
  }

  private static @Nullable JsonNode array(JsonNode parent, String field) {
    JsonNode value = present(parent, field);
    if (value != null && !value.isArray()) {
      throw bad("holds " + field + " that are not an array");
    }
    return value;
  }

  private static @Nullable String text(JsonNode parent, String field) {
    JsonNode value = present(parent, field);
    if (value != null && !value.isString()) {
      throw bad("holds a " + field + " that is not a string");
    }
    return value == null ? null : value.stringValue();
  }

  private static @Nullable Double number(JsonNode parent, String field) {
    JsonNode value = present(parent, field);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw bad("holds a " + field + " that is not a finite number");
    }
    return value.doubleValue();
  }

  private static @Nullable JsonNode present(JsonNode parent, String field) {
    JsonNode value = parent.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private static FailureException bad(String what) {
    return FailureException.of(
        FailureCode.PROVIDER_BAD_ANSWER, "the answer to the transcription request " + what);
  }
}
