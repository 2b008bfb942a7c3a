package dev.talkmill.worker.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says in plain words how a conversation ended, and what can be done where it did not end well. */
final class Explanation {

  private static final int ROWS_SHOWN = 5;
  private static final int GAPS_SHOWN = 5;

  private static final String CONVERT =
      "Convert the recording, for example: ffmpeg -i IN -ac 1 -ar 16000 OUT.flac";

  /** What to do about failures that the sender of a recording can do something about. */
  private static final Map<String, String> ADVICE =
      Map.ofEntries(
          Map.entry("empty_body", "Check that the recording was fully saved."),
          Map.entry("not_decodable", "Check that it plays elsewhere. " + CONVERT),
          Map.entry(
              "unsupported_format",
              "Send webm, ogg, mp3, m4a, mp4, wav or flac; the content counts, not the name. "
                  + CONVERT),
          Map.entry("no_audio_track", "The file holds no sound. Check that it is the right one."),
          Map.entry(
              "webm_continuation",
              "This is a later slice of a browser's recording; send the first slice with it."),
          Map.entry("too_long", "Cut it, or allow more with TALKMILL_AUDIO_LENGTH_MAX."),
          Map.entry("decode_limit", "It unpacks to more than a recording can hold. " + CONVERT),
          Map.entry("checksum_mismatch", "The file changed on its way. Send it again."),
          Map.entry(
              "provider_unauthorized", "Check the API key of the speech or summary provider."));

  private Explanation() {}

  static ExitCode exitCode(ConversationView conversation) {
    return switch (String.valueOf(conversation.outcome())) {
      case "ok", "no_speech" -> ExitCode.OK;
      default -> ExitCode.RECORDING_FAILED;
    };
  }

  /** Lines about a settled conversation that is not simply {@code ok}; none where it is. */
  static List<String> of(String name, Snapshot settled) {
    List<String> lines = new ArrayList<>();
    switch (String.valueOf(settled.conversation().outcome())) {
      case "ok" -> {
        return List.of();
      }
      case "no_speech" ->
          lines.add(name + ": no speech was heard in it, so there is no transcript.");
      case "empty" -> lines.add(name + ": nothing of it arrived, so there is no transcript.");
      case "partial" -> lines.add(name + ": only a part of it could be transcribed.");
      default -> lines.add(name + ": it could not be transcribed.");
    }
    gaps(settled.conversation()).ifPresent(lines::add);
    settled.rows().stream()
        .filter(StatusRow::isFailed)
        .limit(ROWS_SHOWN)
        .forEach(row -> lines.addAll(reason(row)));
    return lines.stream().distinct().toList();
  }

  private static Optional<String> gaps(ConversationView conversation) {
    // Of what could not even be read nobody knows how long it is.
    List<String> gaps =
        conversation.gaps().stream()
            .filter(gap -> gap.end() > gap.start())
            .map(gap -> Times.clock(gap.start()) + " to " + Times.clock(gap.end()))
            .toList();
    List<String> shown = gaps.subList(0, Math.min(gaps.size(), GAPS_SHOWN));
    int more = gaps.size() - shown.size();
    return gaps.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "  Missing: " + String.join(", ", shown) + (more > 0 ? " and " + more + " more" : ""));
  }

  private static List<String> reason(StatusRow row) {
    String code = row.errorCode() == null ? "" : row.errorCode();
    String message = row.errorMessage();
    return List.of(
        "  What happened: "
            + row.stage().toLowerCase(Locale.ROOT)
            + " failed"
            + (message == null || message.isBlank() ? "" : ": " + Plain.line(message))
            + (code.isEmpty() ? "" : " (" + code + ")"),
        "  What it means: " + meaning(row.cause()),
        "  What to do: " + ADVICE.getOrDefault(code, advice(row.cause())));
  }

  private static String meaning(@Nullable String cause) {
    return switch (cause == null ? "" : cause) {
      case "input" -> "the file itself cannot be used; trying again would end the same.";
      case "provider" -> "the speech or summary service did not do its part; the file is fine.";
      case "capacity" -> "something was full or away for too long; the file is fine.";
      case "policy" -> "it was stopped by a decision, not by a fault.";
      default -> "Talkmill failed at it; the file may be fine.";
    };
  }

  private static String advice(@Nullable String cause) {
    return switch (cause == null ? "" : cause) {
      case "input" -> CONVERT;
      case "provider" -> "Check the provider's address, key and state, then try again.";
      case "capacity" -> "Make room on the disk, or wait, then try again.";
      case "policy" -> "Ask whoever runs this worker.";
      default -> "Try again; if it stays, report it with the code above.";
    };
  }
}
