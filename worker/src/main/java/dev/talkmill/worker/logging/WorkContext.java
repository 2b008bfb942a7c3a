package dev.talkmill.worker.logging;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.Map;

/**
 * What a line is about, at its end: {@code [SUMMARIZE conversation=... subject=... attempt=1
 * epoch=2]}; nothing for a line that is about no row. Structured lines hold the same as fields.
 */
public final class WorkContext extends ClassicConverter {

  private static final List<String> KEYS = List.of("conversation", "subject", "attempt", "epoch");

  @Override
  public String convert(ILoggingEvent event) {
    Map<String, String> context = event.getMDCPropertyMap();
    String stage = context.get("stage");
    if (stage == null) {
      return "";
    }
    StringBuilder line = new StringBuilder(" [").append(stage);
    for (String key : KEYS) {
      line.append(' ').append(key).append('=').append(context.get(key));
    }
    return line.append(']').toString();
  }
}
