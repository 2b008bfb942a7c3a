package dev.talkmill.worker.cli;

/** Colours of a terminal (ECMA-48, select graphic rendition), or none. */
record Ink(boolean on) {

  String strong(String text) {
    return in("1", text);
  }

  String good(String text) {
    return in("32", text);
  }

  String bad(String text) {
    return in("31", text);
  }

  String busy(String text) {
    return in("33", text);
  }

  private String in(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
