package dev.talkmill.pipeline.export;

import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.export.Words.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts segments into subtitles that people can read: at most two lines of 42 characters, the usual
 * measure of broadcasters. Cues of speakers who talk at once overlap; cues are in order of their
 * start, as WebVTT demands.
 */
final class Cues {

  private static final int LINE_CHARS = 42;
  private static final int LINES = 2;

  private Cues() {}

  static List<Cue> of(List<Segment> segments) {
    List<Cue> cues = new ArrayList<>();
    for (Segment segment : segments) {
      cut(segment, cues);
    }
    cues.sort(Comparator.comparingLong(Cue::startMillis));
    return cues;
  }

  private static void cut(Segment segment, List<Cue> cues) {
    Builder open = new Builder(segment.speaker());
    for (Piece piece : Words.of(segment, LINE_CHARS)) {
      if (!open.add(piece)) {
        cues.add(open.cue());
        open = new Builder(segment.speaker());
        open.add(piece);
      }
    }
    if (open.begun()) {
      cues.add(open.cue());
    }
  }

  /** A cue that still takes words. */
  private static final class Builder {

    private final @Nullable String speaker;
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private double start;
    private double end;

    Builder(@Nullable String speaker) {
      this.speaker = speaker;
    }

    boolean begun() {
      return !line.isEmpty();
    }

    boolean add(Piece piece) {
      String space = line.isEmpty() || piece.glued() ? "" : " ";
      if (line.isEmpty()) {
        start = piece.start();
      } else if (line.codePointCount(0, line.length()) + space.length() + piece.width()
          > LINE_CHARS) {
        if (lines.size() == LINES - 1) {
          return false;
        }
        lines.add(line.toString());
        line.setLength(0);
        space = "";
      }
      line.append(space).append(piece.text());
      end = piece.end();
      return true;
    }

    Cue cue() {
      lines.add(line.toString());
      long from = Timecode.millis(start);
      return new Cue(from, Math.max(Timecode.millis(end), from + 1), speaker, List.copyOf(lines));
    }
  }
}
