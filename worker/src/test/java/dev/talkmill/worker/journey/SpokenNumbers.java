package dev.talkmill.worker.journey;

import dev.talkmill.worker.speech.FakeAnswer;
import dev.talkmill.worker.speech.FakeOpenAiServer.Received;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A language of whistles, so that a test can say exactly what was said: a number below {@value
 * #WORDS} is two tones of 60 ms. {@link #recognize} hears it in any 16 kHz WAV file, whole or cut,
 * and answers as an OpenAI-compatible server does. What was cut in two it hears as {@value #CUT}.
 */
final class SpokenNumbers {

  static final int WORDS = 64 * 64;
  static final String CUT = "murmur";

  private static final int RATE = 16_000;
  private static final int TONE = RATE * 60 / 1_000;
  private static final int SHORT_PAUSE = RATE * 40 / 1_000;
  private static final int WINDOW = RATE * 10 / 1_000;
  private static final int LOUD = 3_000;
  private static final int SEGMENT_WORDS_MAX = 10;
  private static final double BASE_HERTZ = 400;
  private static final double STEP_HERTZ = 40;

  private final ByteArrayOutputStream samples = new ByteArrayOutputStream();
  private final List<String> words = new ArrayList<>();

  /** Says a number. */
  SpokenNumbers say(int number) {
    if (number < 0 || number >= WORDS) {
      throw new IllegalArgumentException("there is no word for " + number);
    }
    tone(number / 64);
    tone(number % 64);
    silence(SHORT_PAUSE);
    words.add(word(number));
    return this;
  }

  SpokenNumbers pause(double seconds) {
    silence((int) (seconds * RATE));
    return this;
  }

  private void tone(int step) {
    double hertz = BASE_HERTZ + STEP_HERTZ * step;
    for (int i = 0; i < TONE; i++) {
      // Begins and ends at zero: a click would be heard in every band.
      sample((int) (16_000 * Math.sin(2 * Math.PI * hertz * i / RATE)));
    }
  }

  private void silence(int length) {
    for (int i = 0; i < length; i++) {
      sample(0);
    }
  }

  private void sample(int value) {
    samples.write(value & 0xff);
    samples.write(value >> 8 & 0xff);
  }

  double seconds() {
    return samples.size() / 2.0 / RATE;
  }

  /** What was said, in order. */
  List<String> words() {
    return List.copyOf(words);
  }

  String text() {
    return String.join(" ", words);
  }

  /** The recording as a WAV file. */
  byte[] wav() {
    return wav(samples.toByteArray());
  }

  /** 16 kHz mono 16-bit samples as a WAV file. */
  static byte[] wav(byte[] pcm) {
    ByteBuffer file = ByteBuffer.allocate(44 + pcm.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(ascii("RIFF")).putInt(36 + pcm.length).put(ascii("WAVEfmt ")).putInt(16);
    file.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(RATE * 2);
    file.putShort((short) 2).putShort((short) 16);
    file.put(ascii("data")).putInt(pcm.length).put(pcm);
    return file.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static String word(int number) {
    return "w" + number;
  }

  private record Heard(String word, int from, int to) {
    double start() {
      return (double) from / RATE;
    }

    double end() {
      return (double) to / RATE;
    }
  }

  /** The server's answer to a request; a recording without whistles is told by its length. */
  static FakeAnswer recognize(Received request) {
    byte[] wav = request.file();
    ByteBuffer samples =
        ByteBuffer.wrap(wav, 44, wav.length - 44).slice().order(ByteOrder.LITTLE_ENDIAN);
    List<Heard> heard = listen(samples);
    double seconds = samples.limit() / 2.0 / RATE;
    if (heard.stream().allMatch(word -> word.word().equals(CUT))) {
      return FakeAnswer.json(
          JsonMapper.shared()
              .writeValueAsString(Map.of("text", unintelligible(seconds), "language", "english")));
    }
    List<Map<String, Object>> segments = new ArrayList<>();
    for (int from = 0; from < heard.size(); from += SEGMENT_WORDS_MAX) {
      segments.add(segment(heard.subList(from, Math.min(heard.size(), from + SEGMENT_WORDS_MAX))));
    }
    return FakeAnswer.json(
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("text", text(heard), "language", "english", "segments", segments)));
  }

  static String unintelligible(double seconds) {
    return String.format(Locale.ROOT, "somebody spoke for %.1f seconds", seconds);
  }

  private static Map<String, Object> segment(List<Heard> heard) {
    return Map.of(
        "text",
        text(heard),
        "start",
        heard.getFirst().start(),
        "end",
        heard.getLast().end(),
        "words",
        heard.stream()
            .map(word -> Map.of("word", word.word(), "start", word.start(), "end", word.end()))
            .toList());
  }

  private static String text(List<Heard> heard) {
    return String.join(" ", heard.stream().map(Heard::word).toList());
  }

  private static List<Heard> listen(ByteBuffer samples) {
    List<Heard> heard = new ArrayList<>();
    int length = samples.limit() / 2;
    int begun = -1;
    int lastLoud = -1;
    for (int i = 0; i < length; i++) {
      if (Math.abs(samples.getShort(2 * i)) > LOUD) {
        begun = begun < 0 ? i : begun;
        lastLoud = i;
      } else if (begun >= 0 && i - lastLoud > WINDOW) {
        heard.add(word(samples, begun, lastLoud));
        begun = -1;
      }
    }
    if (begun >= 0) {
      heard.add(word(samples, begun, lastLoud));
    }
    return heard;
  }

  private static Heard word(ByteBuffer samples, int from, int to) {
    boolean whole = Math.abs(to - from - 2 * TONE) < WINDOW;
    String word = whole ? word(64 * step(samples, from, 0) + step(samples, from, 1)) : CUT;
    return new Heard(word, from, to);
  }

  /** Crossings of zero well inside of a tone tell its pitch. */
  private static int step(ByteBuffer samples, int from, int tone) {
    int first = from + tone * TONE + WINDOW / 2;
    int last = from + (tone + 1) * TONE - WINDOW / 2;
    int crossings = 0;
    int firstCrossing = -1;
    int lastCrossing = -1;
    for (int i = first; i < last; i++) {
      if (samples.getShort(2 * i) < 0 != samples.getShort(2 * i + 2) < 0) {
        firstCrossing = firstCrossing < 0 ? i : firstCrossing;
        lastCrossing = i;
        crossings++;
      }
    }
    double hertz = (crossings - 1) * (double) RATE / 2 / (lastCrossing - firstCrossing);
    return Math.clamp(Math.round((hertz - BASE_HERTZ) / STEP_HERTZ), 0, 63);
  }
}
