package dev.talkmill.worker.cli;

import org.jspecify.annotations.Nullable;

/** An error of the door (RFC 9457). */
record ProblemView(@Nullable String title, @Nullable String detail, @Nullable String code) {

  @Override
  public String code() {
    return code == null ? "" : code;
  }

  String text() {
    return detail != null ? detail : title != null ? title : "no reason was given";
  }
}
