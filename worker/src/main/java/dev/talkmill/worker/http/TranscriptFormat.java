package dev.talkmill.worker.http;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms of a transcript. */
enum TranscriptFormat {
  JSON("application/json"),
  TXT("text/plain;charset=utf-8"),
  SRT("application/x-subrip;charset=utf-8"),
  VTT("text/vtt;charset=utf-8"),
  MD("text/markdown;charset=utf-8");

  private final String mediaType;

  TranscriptFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  static TranscriptFormat of(@Nullable String format) {
    if (format == null) {
      return JSON;
    }
    return Arrays.stream(values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(format))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ProblemCode.INVALID_PARAMETER,
                "\"format\" must be one of json, txt, srt, vtt and md."));
  }
}
