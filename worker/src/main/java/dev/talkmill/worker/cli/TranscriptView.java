package dev.talkmill.worker.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transcript as the door shows it; the fields that the command line reads. */
record TranscriptView(List<Segment> segments) {

  TranscriptView {
    segments = segments == null ? List.of() : List.copyOf(segments);
  }

  /**
   * Something said.
   *
   * @param start in seconds from the beginning of the conversation; null where it has no time
   */
  record Segment(
      @Nullable Double start, @Nullable Double end, @Nullable String speaker, String text) {}
}
