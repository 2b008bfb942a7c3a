package dev.talkmill.worker.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks of fields. Each refusal names the field and says what is allowed. */
final class Fields {

  private Fields() {}

  /** A text that must be there, without space around it. */
  static String required(String field, @Nullable String value, int charsMax) {
    String text = optional(field, value, charsMax);
    if (text == null) {
      throw invalid(field, "is required: a text of 1 to " + charsMax + " characters");
    }
    return text;
  }

  /** A text that may be missing; one of nothing but space counts as missing. */
  static @Nullable String optional(String field, @Nullable String value, int charsMax) {
    if (value == null) {
      return null;
    }
    String text = Texts.clean(value).strip();
    if (Texts.length(text) > charsMax) {
      throw invalid(
          field,
          "must have at most %d characters, but has %d".formatted(charsMax, Texts.length(text)));
    }
    return text.isEmpty() ? null : text;
  }

  static @Nullable String matching(
      String field, @Nullable String value, int charsMax, Pattern pattern, String allowed) {
    String text = optional(field, value, charsMax);
    if (text != null && !pattern.matcher(text).matches()) {
      throw invalid(field, "must be " + allowed);
    }
    return text;
  }

  /** A list of texts; doubles are dropped, order is kept. */
  static List<String> texts(
      String field, @Nullable List<@Nullable String> values, int countMax, int charsMax) {
    if (values == null) {
      return List.of();
    }
    if (values.size() > countMax) {
      throw invalid(
          field, "must have at most %d entries, but has %d".formatted(countMax, values.size()));
    }
    List<String> texts = new ArrayList<>();
    for (int index = 0; index < values.size(); index++) {
      String text = required(field + "[" + index + "]", values.get(index), charsMax);
      if (!texts.contains(text)) {
        texts.add(text);
      }
    }
    return texts;
  }

  static ProblemException invalid(String field, String why) {
    return new ProblemException(ProblemCode.INVALID_FIELD, "\"" + field + "\" " + why + ".");
  }
}
