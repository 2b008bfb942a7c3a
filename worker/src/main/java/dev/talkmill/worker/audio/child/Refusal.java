package dev.talkmill.worker.audio.child;

import java.util.Locale;

/** Why the decoder hands a source back: a failure code of the pipeline and a sentence. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final String sentence;

  Refusal(String code, String sentence) {
    super(code + ": " + sentence);
    this.code = code;
    this.sentence = sentence;
  }

  static Refusal tooLong(double secondsMax) {
    return new Refusal(
        "too_long",
        String.format(Locale.ROOT, "longer than %.0f s, the longest that is decoded", secondsMax));
  }

  String code() {
    return code;
  }

  String sentence() {
    return sentence;
  }

  /** The same refusal, saying what it is about. */
  Refusal of(String what) {
    Refusal named = new Refusal(code, what + ": " + sentence);
    named.initCause(this);
    return named;
  }
}
