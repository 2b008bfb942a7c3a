package dev.talkmill.pipeline.export;

import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import java.util.List;

/** The words alone, one line a segment, after the speaker's name where there is one. */
public final class PlainText {

  private PlainText() {}

  public static String render(List<Segment> segments) {
    StringBuilder text = new StringBuilder();
    for (Segment segment : segments) {
      String speaker = segment.speaker();
      if (speaker != null && !speaker.isBlank()) {
        text.append(Words.printable(speaker).strip()).append(": ");
      }
      text.append(segment.text().strip()).append('\n');
    }
    return text.toString();
  }
}
