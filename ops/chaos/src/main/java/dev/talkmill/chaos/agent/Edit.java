package dev.talkmill.chaos.agent;

import java.util.regex.Pattern;

/** One change of one class; types are internal names, with slashes. */
sealed interface Edit {

  String type();

  /** Texts that its methods load: what matches is replaced. */
  record Text(String type, Pattern right, String wrong) implements Edit {

    String in(String text) {
      return right.matcher(text).replaceAll(wrong);
    }
  }

  /** Its methods read another field of the same type instead. */
  record Field(String type, String right, String wrong) implements Edit {}

  /** {@link FanIn} is told the first argument of a method when that returns. */
  record Told(String type, String method) implements Edit {}
}
