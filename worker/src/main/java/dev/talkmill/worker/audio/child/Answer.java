package dev.talkmill.worker.audio.child;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The child's answer: lines {@code key=value} in ASCII, the last of which is {@code end=}. An
 * answer without it was cut off.
 */
final class Answer {

  private final OutputStream out =
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));

  /** Announces the length to expect, at once: the parent sets its time limit by it. */
  void claimed(double seconds) throws IOException {
    line("claimed", number(seconds));
    out.flush();
  }

  void decoded(Recording recording, WavSink wav) throws IOException {
    line("container", recording.container());
    line("codec", recording.codec());
    line("seconds", number(wav.seconds()));
    line("peak", number(wav.levels().peak()));
    for (Levels.Span span : wav.levels().silences()) {
      line("silence", number(span.start()) + "," + number(span.end()));
    }
  }

  void joined(double seconds) throws IOException {
    line("seconds", number(seconds));
  }

  void refuse(String code, String message) throws IOException {
    line("code", code);
    line("message", message);
  }

  void close() throws IOException {
    line("end", "");
    out.close();
  }

  private static String number(double value) {
    // Seven digits hold 1/16000 s exactly.
    return String.format(Locale.ROOT, "%.7f", value);
  }

  private void line(String key, String value) throws IOException {
    // Control characters would forge lines; what remains is at most a wrong value.
    String printable = value.replaceAll("[^ -~]", "?");
    out.write((key + "=" + printable + "\n").getBytes(StandardCharsets.US_ASCII));
  }
}
