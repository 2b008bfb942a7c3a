package dev.talkmill.worker.audio;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a child answered. Its bytes are as hostile as those that it decoded: every value is checked,
 * and an answer with anything else in it counts as a crash.
 */
final class ChildAnswer {

  private static final Set<FailureCode> CODES =
      EnumSet.of(
          FailureCode.NOT_DECODABLE,
          FailureCode.UNSUPPORTED_FORMAT,
          FailureCode.NO_AUDIO_TRACK,
          FailureCode.TOO_LONG,
          FailureCode.DECODE_LIMIT,
          FailureCode.SCRATCH_FULL);

  private static final Set<String> KEYS =
      Set.of("claimed", "container", "codec", "seconds", "peak", "code", "message", "end");

  private static final Pattern NAME = Pattern.compile("[a-z0-9_,]{1,64}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
  private static final String CLAIMED = "claimed=";
  private static final int SILENCES_MAX = 50_000;
  private static final int MESSAGE_CHARS_MAX = 300;
  private static final double ROUNDING_SECONDS = 0.001;

  private final Map<String, String> values = new HashMap<>();
  private final List<Range> silences = new ArrayList<>();

  private ChildAnswer() {}

  /** The length claimed in the first line of an answer that is still coming in; else 0. */
  static double claimed(String text) {
    int end = text.indexOf('\n');
    if (end < 0 || !text.startsWith(CLAIMED)) {
      return 0;
    }
    String number = text.substring(CLAIMED.length(), end);
    return NUMBER.matcher(number).matches() ? Double.parseDouble(number) : 0;
  }

  /**
   * Reads a whole answer.
   *
   * @throws FailureException the failure that the child answered, or {@code decoder_crashed} for an
   *     answer that makes no sense
   */
  static ChildAnswer parse(String text) {
    ChildAnswer answer = new ChildAnswer();
    text.lines().forEach(answer::add);
    if (!text.endsWith("end=\n")) {
      throw broken("it breaks off");
    }
    String code = answer.values.get("code");
    if (code != null) {
      throw answer.failure(code);
    }
    return answer;
  }

  private void add(String line) {
    int equals = line.indexOf('=');
    String key = equals < 0 ? line : line.substring(0, equals);
    String value = line.substring(equals + 1);
    if (key.equals("silence")) {
      addSilence(value);
    } else if (!KEYS.contains(key) || values.putIfAbsent(key, value) != null) {
      throw broken("an unknown line");
    }
  }

  private void addSilence(String value) {
    int comma = value.indexOf(',');
    if (comma < 0 || silences.size() == SILENCES_MAX) {
      throw broken("silences");
    }
    double start = number(value.substring(0, comma));
    double end = number(value.substring(comma + 1));
    if (end <= start || (!silences.isEmpty() && start < silences.getLast().end())) {
      throw broken("silences out of order");
    }
    silences.add(new Range(start, end));
  }

  private FailureException failure(String code) {
    String message = text("message");
    for (FailureCode known : CODES) {
      if (known.code().equals(code)) {
        return FailureException.of(
            known, message.substring(0, Math.min(MESSAGE_CHARS_MAX, message.length())));
      }
    }
    return broken("an unknown code");
  }

  DecodedAudio decoded(MediaKind kind, double secondsMax) {
    double seconds = seconds(secondsMax);
    double peak = number(text("peak"));
    if (peak > 1
        || (!silences.isEmpty() && silences.getLast().end() > seconds + ROUNDING_SECONDS)) {
      throw broken("levels out of range");
    }
    String container = name("container");
    return new DecodedAudio(
        container,
        name("codec"),
        kind.mediaType(container),
        seconds,
        number(text(CLAIMED.substring(0, CLAIMED.length() - 1))),
        silences,
        peak);
  }

  double joined(double secondsMax) {
    return seconds(secondsMax);
  }

  private double seconds(double secondsMax) {
    double seconds = number(text("seconds"));
    if (seconds > secondsMax + ROUNDING_SECONDS) {
      throw broken("longer than it may be");
    }
    return seconds;
  }

  private String name(String key) {
    String value = text(key);
    if (!NAME.matcher(value).matches()) {
      throw broken(key);
    }
    return value;
  }

  private String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw broken("no " + key);
    }
    return value;
  }

  private static double number(String value) {
    if (!NUMBER.matcher(value).matches()) {
      throw broken("no number");
    }
    return Double.parseDouble(value);
  }

  private static FailureException broken(String how) {
    return FailureException.of(
        FailureCode.DECODER_CRASHED, "the decoder's answer makes no sense: " + how);
  }
}
