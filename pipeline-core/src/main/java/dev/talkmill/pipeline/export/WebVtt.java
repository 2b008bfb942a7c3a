package dev.talkmill.pipeline.export;

import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import java.util.List;

/** Subtitles as WebVTT. An empty transcript is a file with no cues. */
public final class WebVtt {

  private WebVtt() {}

  public static String render(List<Segment> segments) {
    StringBuilder file = new StringBuilder("WEBVTT\n");
    for (Cue cue : Cues.of(segments)) {
      file.append('\n').append(Timecode.exact(cue.startMillis(), '.'));
      file.append(" --> ").append(Timecode.exact(cue.endMillis(), '.')).append('\n');
      String speaker = cue.speaker() == null ? "" : Words.printable(cue.speaker()).strip();
      if (!speaker.isEmpty()) {
        file.append("<v ").append(escaped(speaker)).append('>');
      }
      file.append(escaped(String.join("\n", cue.lines()))).append('\n');
    }
    return file.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
