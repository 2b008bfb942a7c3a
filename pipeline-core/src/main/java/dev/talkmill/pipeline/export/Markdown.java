package dev.talkmill.pipeline.export;

import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A transcript to be read: title, summary, what was said with times, and what is missing. All texts
 * are escaped, so that nobody's words become a heading, a link or HTML.
 */
public final class Markdown {

  private static final String INLINE = "([\\\\`*_\\[\\]<>|~&])";

  private Markdown() {}

  public static String render(
      @Nullable String title, @Nullable String summary, List<Segment> segments, List<Gap> gaps) {
    StringBuilder page = new StringBuilder("# ");
    page.append(title == null || title.isBlank() ? "Conversation" : line(title)).append("\n\n");
    if (summary != null && !summary.isBlank()) {
      page.append(paragraph(summary)).append("\n\n");
    }
    page.append("## Transcript\n");
    for (Segment segment : segments) {
      page.append("\n**").append(clock(segment.start())).append("** ");
      String speaker = segment.speaker();
      if (speaker != null && !speaker.isBlank()) {
        page.append("*").append(line(speaker)).append(":* ");
      }
      page.append(paragraph(segment.text())).append('\n');
    }
    if (!gaps.isEmpty()) {
      page.append("\n## Missing\n\n");
      for (Gap gap : gaps) {
        page.append("- ").append(clock(gap.start())).append(" to ").append(clock(gap.end()));
        page.append(": ").append(line(gap.cause())).append('\n');
      }
    }
    return page.toString();
  }

  private static String clock(double seconds) {
    return Timecode.clock(Timecode.millis(seconds));
  }

  /** Two spaces at the end of a line keep the writer's line breaks. */
  private static String paragraph(String text) {
    return text.strip().lines().map(Markdown::line).collect(Collectors.joining("  \n"));
  }

  private static String line(String text) {
    String one = Words.printable(text).strip();
    // A digit cannot be escaped; the sign that makes it a list can.
    return one.replaceAll(INLINE, "\\\\$1")
        .replaceFirst("^(\\d+)([.)])", "$1\\\\$2")
        .replaceFirst("^([#+=-])", "\\\\$1");
  }
}
