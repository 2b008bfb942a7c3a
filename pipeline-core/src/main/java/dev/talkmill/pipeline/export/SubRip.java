package dev.talkmill.pipeline.export;

import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import java.util.List;

/** Subtitles as SubRip ({@code .srt}). An empty transcript is an empty file. */
public final class SubRip {

  private SubRip() {}

  public static String render(List<Segment> segments) {
    StringBuilder file = new StringBuilder();
    String speakerBefore = "";
    int number = 0;
    for (Cue cue : Cues.of(segments)) {
      number++;
      file.append(number).append('\n');
      file.append(Timecode.exact(cue.startMillis(), ','));
      file.append(" --> ");
      file.append(Timecode.exact(cue.endMillis(), ',')).append('\n');
      String speaker = cue.speaker() == null ? "" : Words.printable(cue.speaker()).strip();
      if (!speaker.isEmpty() && !speaker.equals(speakerBefore)) {
        file.append(harmless(speaker)).append(":\n");
      }
      speakerBefore = speaker;
      for (String line : cue.lines()) {
        file.append(harmless(line)).append('\n');
      }
      file.append('\n');
    }
    return file.toString();
  }

  /** The format has no escapes, and players take an arrow for the line of times. */
  private static String harmless(String line) {
    return line.replace("-->", "→");
  }
}
