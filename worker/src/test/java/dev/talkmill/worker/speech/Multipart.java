package dev.talkmill.worker.speech;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads multipart forms the way a server does: by the boundary of the Content-Type. */
final class Multipart {

  private Multipart() {}

  static List<String> values(String contentType, byte[] body, String name) {
    return bytes(contentType, body, name).stream()
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList();
  }

  static List<byte[]> bytes(String contentType, byte[] body, String name) {
    String boundary = contentType.replaceFirst(".*boundary=", "");
    // One byte, one character, so that audio survives.
    String text = new String(body, StandardCharsets.ISO_8859_1);
    List<byte[]> values = new ArrayList<>();
    for (String part : text.split("--" + java.util.regex.Pattern.quote(boundary))) {
      int headEnd = part.indexOf("\r\n\r\n");
      if (headEnd >= 0 && part.substring(0, headEnd).contains("name=\"" + name + "\"")) {
        values.add(
            part.substring(headEnd + 4, part.length() - 2).getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return values;
  }
}
