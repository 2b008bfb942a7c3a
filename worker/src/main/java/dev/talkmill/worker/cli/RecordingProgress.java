package dev.talkmill.worker.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows on standard error how far a recording is: a bar on a terminal, lines elsewhere. */
final class RecordingProgress implements AutoCloseable {

  private static final int BAR_CELLS = 16;

  /** So much of a name is shown even where the terminal is narrow: its end. */
  private static final int NAME_CHARS_MIN = 12;

  /** What stands around name, bar and text, and the last column, which some terminals wrap at. */
  private static final int FRAME_CHARS = 5;

  /** Without a terminal, a line for every tenth. */
  private static final int STEPS = 10;

  private final PrintStream err;
  private final Ink ink;
  private final boolean live;
  private final int columns;
  private final InstantSource clock;
  private final String name;
  private final LiveBlock block;
  private String printed = "";
  private @Nullable Instant begun;
  private double begunAt;

  RecordingProgress(Terminal terminal, InstantSource clock, String name) {
    this.err = terminal.err();
    this.ink = terminal.errInk();
    this.live = terminal.errLive();
    this.columns = terminal.columns();
    this.clock = clock;
    this.name = name;
    this.block = new LiveBlock(err);
  }

  /** Called from the sending thread too. */
  synchronized void sent(long bytes, long total) {
    double part = (double) bytes / total;
    show("sending", part, Times.bytes(bytes) + " of " + Times.bytes(total));
  }

  synchronized void seen(Snapshot snapshot) {
    double part = snapshot.transcribed();
    double received = snapshot.conversation().audioSecondsReceived();
    if (snapshot.conversation().isSettled()) {
      settled(String.valueOf(snapshot.conversation().outcome()), part, received);
    } else if (snapshot.isUnderWay("SUMMARIZE")) {
      show("summarising", part, "");
    } else if (received > 0 || part > 0) {
      show("transcribing", part, heard(received, part) + left(part));
    } else {
      show("preparing", 0, "");
    }
  }

  private void settled(String outcome, double part, double received) {
    switch (outcome) {
      case "ok", "no_speech" -> show("done", 1, Times.clock(received) + " of sound");
      case "partial" -> show("done in part", part, heard(received, part));
      default -> show("not transcribed", 0, "");
    }
  }

  private static String heard(double received, double part) {
    return received > 0
        ? Times.clock(received * part) + " of " + Times.clock(received)
        : "length not known yet";
  }

  /** Time left if it goes on as it went since the first part that was seen. */
  private String left(double part) {
    Instant now = clock.instant();
    Instant since = begun;
    if (since == null) {
      begun = now;
      begunAt = part;
      return "";
    }
    double gained = part - begunAt;
    if (gained <= 0 || part >= 1) {
      return "";
    }
    double seconds = Duration.between(since, now).toMillis() / 1000.0 * (1 - part) / gained;
    return ", about " + Times.clock(Math.ceil(seconds)) + " left";
  }

  private void show(String phase, double part, String detail) {
    int percent = (int) Math.floor(part * 100);
    String tail = detail.isEmpty() ? "" : " (" + detail + ")";
    if (live) {
      block.draw(List.of(line(phase, part, percent + " % " + phase + tail)));
      return;
    }
    String step = phase + percent * STEPS / 100;
    if (!step.equals(printed)) {
      printed = step;
      err.println(name + ": " + phase + ", " + percent + " %" + tail);
      err.flush();
    }
  }

  private String line(String phase, double part, String text) {
    int full = (int) Math.round(part * BAR_CELLS);
    String bar = "#".repeat(full) + ".".repeat(BAR_CELLS - full);
    int room = columns - BAR_CELLS - FRAME_CHARS;
    int nameRoom = Math.max(NAME_CHARS_MIN, room - text.length());
    String shownName = name.length() > nameRoom ? name.substring(name.length() - nameRoom) : name;
    int textRoom = room - shownName.length();
    String shownText = text.length() > textRoom ? text.substring(0, textRoom) : text;
    String coloured =
        switch (phase) {
          case "done" -> ink.good(bar);
          case "not transcribed" -> ink.bad(bar);
          default -> ink.busy(bar);
        };
    return String.format(Locale.ROOT, "%s [%s] %s", shownName, coloured, shownText);
  }

  /** Leaves the last state standing. */
  @Override
  public synchronized void close() {
    block.keep();
  }
}
