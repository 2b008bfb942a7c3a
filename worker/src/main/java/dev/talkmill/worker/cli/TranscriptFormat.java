package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a transcript is written. */
enum TranscriptFormat {
  TXT,
  SRT,
  VTT,
  JSON;

  static TranscriptFormat of(String typed) {
    List<String> names = Arrays.stream(values()).map(TranscriptFormat::code).toList();
    return Arrays.stream(values())
        .filter(format -> format.code().equals(typed.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            CommandFailure.usage(
                "There is no format \""
                    + typed
                    + "\"."
                    + NearestName.of(typed, names)
                        .map(near -> " Did you mean " + near + "?")
                        .orElse("")
                    + " Take one of "
                    + String.join(", ", names)
                    + "."));
  }

  /** As the door and file names have it. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether several transcripts can follow one another on one stream and still be told apart. */
  boolean canFollowAnother() {
    return switch (this) {
      case TXT, JSON -> true;
      case SRT, VTT -> false;
    };
  }
}
